"""What must not stand in free words of a text: markup and mentions in any, personal data and secrets unless allowed.

Everything here looks at one value at a time and takes time in proportion to its length. It says which kind of thing was
found and never the thing itself. It is a net for slips, no proof: what looks like nothing known passes, and a review is
still a review.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["active_part", "private_part"]

_MARKUP: Final = re.compile(
    r"<[a-z/!?#@]|\]\(|&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});|javascript:|data:text", re.ASCII | re.IGNORECASE
)
_MENTION: Final = re.compile(r"(?<![^\s(\[{\"'])@\w|<(?:[@#]|!\w)", re.ASCII)


def active_part(value: str) -> str:
    """What in the value a mail program, a page or a chat would act on instead of showing it; empty when nothing is."""
    plain = unicodedata.normalize("NFKC", value)
    if _MENTION.search(plain) is not None:
        return "a mention that would call people"
    return "markup" if _MARKUP.search(plain) is not None else ""


# --- personal data and secrets --------------------------------------------------------------------------

_ADDRESS: Final = re.compile(r"\S@\w")
_NAMED_SECRET: Final = re.compile(
    r"\b(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_ ]?key|private[-_ ]?key|access[-_ ]?key|authorization)\s?[:=]\s?\S|\bbearer [\w.-]{16}|-----BEGIN",
    re.IGNORECASE,
)
_KNOWN_KEY: Final = re.compile(
    r"(?:\b(?:sk|pk|rk|re|whsec)_|\b(?:sk-|gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|AKIA|ASIA|AIza|eyJ))\w{8}",
    re.ASCII,
)
_RUN: Final = re.compile(r"[A-Za-z0-9]{16,}")
_SEGMENT: Final = re.compile(r"\w{8,}", re.ASCII)
_UUID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_DATE: Final = re.compile(
    r"\b(?:\d{4}-\d\d-\d\d|\d\d?[./]\d\d?[./]\d{4}|20\d\d[01]\d[0-3]\d)\b|\b\d\d?:\d\d(?::\d\d)?\b"
)
_LONG_NUMBER: Final = re.compile(r"\d{9,}")
_IP: Final = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\d)|(?<!\w)(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f]::[0-9a-f]|(?<!\w)[0-9a-f]{2,4}::|(?<![\w:])::[0-9a-f]",
    re.IGNORECASE,
)


def private_part(value: str, *, outside: bool) -> str:
    """What in the value looks like personal data or a secret; empty when nothing does.

    A text that people outside read holds no addresses of machines and no long numbers either; inside they help.
    """
    plain = unicodedata.normalize("NFKC", value)
    if _secret(plain):
        return "a key, a token or a password"
    if _link_with_more(plain):
        return "a link with a sign-in, a token or a query"
    if _ADDRESS.search(plain) is not None:
        return "an e-mail address"
    bare = _DATE.sub("-", plain)
    if outside and _IP.search(bare) is not None:
        return "the address of a machine"
    if _is_phone(_IP.sub("-", bare)):
        return "a phone number"
    return "a long number" if outside and _LONG_NUMBER.search(bare) is not None else ""


def _secret(text: str) -> bool:
    found = _NAMED_SECRET.search(text) or _KNOWN_KEY.search(text) or _UUID.search(text)
    return found is not None or any(_looks_random(run) for run in _RUN.findall(text))


def _looks_random(run: str) -> bool:
    """A long run in which letters and digits are mixed is a key; a long word is a word, and a long number has its own name."""
    return any(char.isdigit() for char in run) and any(char.isalpha() for char in run)


def _link_with_more(text: str) -> bool:
    for word in text.split():
        _, is_link, rest = word.partition("://")
        place, _, query = rest.partition("?")
        if is_link and ("@" in place or "=" in query or "=" in place.partition("#")[2]):
            return True
        if is_link and any(_looks_random(part) for part in place.split("/")[1:] if _SEGMENT.fullmatch(part)):
            return True
    return False


_DIGITS_OF_PHONE: Final = 8
_PARTED_NUMBER: Final = re.compile(r"\+?\(?\d[\d .()/-]*\d")


def _is_phone(text: str) -> bool:
    """Eight digits or more, parted as people part phone numbers, or opened by a plus or a zero."""
    for match in _PARTED_NUMBER.findall(text):
        digits = sum(char.isdigit() for char in match)
        parted = not match.isdigit()
        if digits >= _DIGITS_OF_PHONE and (parted or match[0] == "0"):
            return True
    return False
