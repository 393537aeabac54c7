"""The frame of every page: one style, one small script, and nothing from anywhere else.

The script counts by the host's clock, never by the browser's, and says so when it can no longer refresh: an old page
must not look like a live one. Without it the page reloads as a whole.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Final

__all__ = ["POLICY", "page"]

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --paper: #ffffff; --card: #f6f8fa; --line: #d0d7de;
  --late: #b3261e; --soon: #8a5300; --fine: #1a6b3c; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9aa5b1; --paper: #0d1117; --card: #161b22;
  --line: #30363d; --late: #ff8f85; --soon: #f0b429; --fine: #6fdd8b; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
body > * { max-width: 76rem; margin-inline: auto; padding-inline: 1rem; }
a { color: var(--link); } :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { position: static; display: block; }
.bar { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; justify-content: space-between; padding-block: .6rem;
  color: var(--quiet); font-size: .9rem; border-bottom: 1px solid var(--line); }
.banner { color: var(--soon); } #stale { background: var(--late); color: var(--paper); padding-block: .5rem; }
[hidden] { display: none !important; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1.1rem 0 .2rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; }
p { margin: .2rem 0; } .quiet { color: var(--quiet); font-size: .9rem; } .count { color: var(--quiet); font-weight: 400; }
.level { display: inline-block; padding: 0 .5em; border: 2px solid; border-radius: .3em; }
.late { color: var(--late); } .soon { color: var(--soon); } .fine { color: var(--fine); }
ul { list-style: none; margin: 0; padding: 0; }
.clocks { display: grid; gap: .5rem; }
.clocks > li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .1rem 1rem; align-items: baseline;
  background: var(--card); border: 1px solid var(--line); border-left: .35rem solid currentColor; border-radius: .4rem;
  padding: .5rem .8rem; }
.clocks > li > * { color: var(--ink); min-width: 0; overflow-wrap: anywhere; }
.clocks .what { font-weight: 600; } .clocks .left { font-variant-numeric: tabular-nums; font-weight: 600;
  text-align: right; white-space: nowrap; color: inherit; } .clocks .quiet { color: var(--quiet); }
.clocks .due { text-align: right; } .line { display: block; } nav { margin-top: .8rem; }
.plain > li { padding: .4rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
summary { cursor: pointer; padding: .3rem 0; font-weight: 600; } details { margin-top: 1rem; }
pre { overflow-x: auto; background: var(--card); border: 1px solid var(--line); padding: .8rem; font-size: .85rem; }
footer { margin-block: 2rem 1rem; color: var(--quiet); font-size: .9rem; }
@media (max-width: 40rem) { .clocks > li { grid-template-columns: 1fr; } .clocks .left, .clocks .due { text-align: left; } }
"""
_SCRIPT: Final = """
(() => {
  'use strict';
  const main = () => document.querySelector('main');
  const stale = document.getElementById('stale');
  let began = Date.parse(main().dataset.now), got = performance.now();
  const words = seconds => {
    const all = Math.abs(Math.trunc(seconds)), d = Math.floor(all / 86400), h = Math.floor(all / 3600) % 24;
    const m = Math.floor(all / 60) % 60, s = String(all % 60).padStart(2, '0');
    const span = d ? `${d} d ${h} h` : h ? `${h} h ${String(m).padStart(2, '0')} min` : `${m} min ${s} s`;
    return seconds < 0 ? `overdue by ${span}` : `${span} left`;
  };
  const tick = () => {
    const now = began + performance.now() - got;
    for (const one of document.querySelectorAll('[data-due]')) {
      const seconds = (Date.parse(one.dataset.due) - now) / 1000;
      one.textContent = words(seconds);
      if (seconds < 0) one.closest('li').className = 'late';
    }
  };
  const refresh = async () => {
    try {
      const answer = await fetch(location.href, {headers: {accept: 'text/html'}});
      if (!answer.ok) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
      for (const one of document.querySelectorAll('details[open]')) fresh.querySelector('#' + one.id)?.setAttribute('open', '');
      const held = document.activeElement?.id;
      main().replaceWith(fresh);
      if (held) document.getElementById(held)?.focus({preventScroll: true});
      began = Date.parse(fresh.dataset.now); got = performance.now();
      stale.hidden = true;
      tick();
    } catch { stale.hidden = false; }
  };
  tick();
  setInterval(tick, 1000);
  setInterval(refresh, 10000);
})();
"""


def _allowed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY: Final = (
    f"default-src 'none'; style-src {_allowed(_STYLE)}; script-src {_allowed(_SCRIPT)}; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load: itself. The style and the script are named by their digests."""


def page(title: str, main: str, person: str, banner: str) -> str:
    """A whole page; ``main`` is HTML already, everything else is text."""
    on_top = f'<span class="banner">{escape(banner)}</span>' if banner else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="30"></noscript>
<style>{_STYLE}</style>
</head>
<body>
<a class="skip" href="#main">To the clocks</a>
<div class="bar"><a href="/">All open incidents</a>{on_top}<span>you are {escape(person)}</span></div>
<div id="stale" role="alert" hidden>These clocks could not be refreshed. Check the connection; what is shown may be old.</div>
{main}
<script>{_SCRIPT}</script>
</body>
</html>
"""
