"""An action, and when it is called for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """What to do with a segment, through which channel, and the number that will show whether it worked."""

    title: str
    text: str
    channel: str
    metric: str


@dataclass(frozen=True)
class Play:
    """An action, and the signals that call for it: all of `needs`, none of `unless`.

    Its words may hold {goods}, what the segment buys most of, and {spend}, "spend" or "bring in".
    """

    needs: frozenset[str]
    unless: frozenset[str]
    action: Action

    def fill(self, goods: str, signals: frozenset[str]) -> Action:
        """Return the action in words for a segment that shows `signals`."""
        spend = "spend" if "spend+" in signals else "bring in"
        words = (self.action.title, self.action.text, self.action.channel, self.action.metric)
        return Action(*(text.format(goods=goods, spend=spend) for text in words))


def play(when: str, title: str, text: str, channel: str, metric: str) -> Play:
    """Return a play; `when` lists the signals it needs, those with an exclamation mark must be absent."""
    words = when.split()
    needs = frozenset(word for word in words if not word.startswith("!"))
    unless = frozenset(word[1:] for word in words if word.startswith("!"))
    return Play(needs, unless, Action(title, text, channel, metric))
