"""Which packages are here, in which version; and why one is not measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from attrs import Factory, frozen

from bench.peers.agree import Disagreement

__all__ = ["LIST", "Peer", "Peers", "pinned", "plain_reason"]

LIST: Final = Path(__file__).with_name("requirements.txt")
LONGEST: Final = 160


@frozen
class Peer:
    """A package in one of its uses: ``build`` gets what the workload hands to every peer, and gives back who answers."""

    name: str
    package: str
    build: Callable[..., Any]


@frozen
class Peers:
    """The packages asked for, those that are here, and the reason for each that is not."""

    asked: dict[str, str]
    refused: dict[str, str]
    """Why the installer left a package out."""
    missing: dict[str, str] = Factory(dict)
    """Filled while workloads are built: name of the peer, and why it is not measured."""

    def built(self, peers: Iterable[Peer], *given: object) -> dict[str, tuple[Any, str]]:
        """Who answers, by name, with the package behind it; who cannot be loaded is named with the reason."""
        found = {}
        for peer in peers:
            try:
                found[peer.name] = (peer.build(*given), peer.package)
            except Disagreement:
                raise
            except Exception as reason:  # whatever a package of others does on loading is a reason, and no answer
                self.missing[peer.name] = self.why(peer.package, reason)
        return found

    def why(self, package: str, reason: BaseException) -> str:
        """The reason in one line, without the paths of a machine."""
        if package in self.refused:
            return f"could not be installed: {self.refused[package]}"
        if isinstance(reason, ImportError) and self.version(package) is None:
            return "is not installed"
        return f"does not start: {plain_reason(f'{type(reason).__name__}: {reason}')}"

    def version(self, package: str) -> str | None:
        """The version that is here; none of what is put together from several."""
        try:
            return metadata.version(package) if package else None
        except metadata.PackageNotFoundError:
            return None

    def versions(self) -> dict[str, str]:
        """What is here of what was asked for."""
        found = {package: self.version(package) for package in self.asked}
        return {package: version for package, version in found.items() if version is not None}


def pinned(text: str) -> dict[str, str]:
    """The packages of a requirements file and the version each is pinned to."""
    wanted = (line.partition("#")[0].strip() for line in text.splitlines())
    return dict(line.split("==") for line in wanted if line)


def plain_reason(text: str) -> str:
    """One line that names no path and no address."""
    first = next((line for line in text.splitlines() if line.strip()), "no reason was given")
    first = re.sub(r"\S*(?:://|/|\\)\S*", "…", first.strip())
    return first if len(first) <= LONGEST else f"{first[: LONGEST - 1]}…"
