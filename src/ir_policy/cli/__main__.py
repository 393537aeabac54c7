"""``python -m ir_policy.cli``: the command line."""

import sys

from ir_policy.cli import main

sys.exit(main())
