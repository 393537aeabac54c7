"""The library beside the packages a team would use today, and beside what one would write by hand.

``python3 run.py bench --peers`` installs the packages into an environment of their own, checks that all of them give the same
answers, measures, and writes ``docs/performance.md``. With ``--only step replay`` it measures those anew, and with ``--draw`` it draws the
page from the figures it has. Only ratios taken in one run are claimed. It is no test and gates nothing.
"""
