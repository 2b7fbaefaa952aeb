"""What to do with a segment first: the first rule whose signals it shows."""

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
class _Play:
    """An action, and the signals that call for it: all of `needs`, none of `unless`."""

    needs: frozenset[str]
    unless: frozenset[str]
    action: Action


def _play(needs: str, unless: str, title: str, text: str, channel: str, metric: str) -> _Play:
    return _Play(frozenset(needs.split()), frozenset(unless.split()), Action(title, text, channel, metric))


PLAYS: tuple[_Play, ...] = (
    _play(
        "spend+ recency+",
        "",
        "Win back your lost best",
        "They spent well above average and have not bought for long: ask why, and offer one strong reason to return.",
        "personal e-mail, then a call to the largest",
        "share who buy again within 60 days, against a group left alone",
    ),
    _play(
        "spend+ discount+",
        "",
        "Protect the margin",
        "They buy a lot, and on discount: move them to bundles and early access before cutting prices again.",
        "e-mail and app",
        "share of their orders at full price, month by month",
    ),
    _play(
        "income- spend+",
        "",
        "Reward loyalty within the budget",
        "They spend more than their income suggests: points, bundles and small extras keep them without credit.",
        "loyalty programme and app",
        "their spending and share still active in three months",
    ),
    _play(
        "spend+",
        "",
        "Keep and reward the best",
        "They spend well above average: early access, a thank-you and a named contact, not discounts.",
        "personal e-mail and account contact",
        "share still active in three months, and their average spending",
    ),
    _play(
        "income+ spend-",
        "",
        "Find out what is missing",
        "They could spend more and do not: show the premium range, and ask a sample what keeps them away.",
        "direct mail and premium e-mail",
        "share who buy from the premium range within 90 days",
    ),
    _play(
        "recency+",
        "tenure-",
        "Wake up or let go",
        "They have not bought for long: one reactivation message with one offer, then stop paying for contact.",
        "e-mail, one reminder",
        "share who buy again within 60 days, against a group left alone",
    ),
    _play(
        "tenure-",
        "",
        "Win the second purchase",
        "They are new: a welcome series that shows the range and makes the second purchase easy.",
        "welcome e-mails and app",
        "share with a second purchase within 60 days",
    ),
    _play(
        "discount+",
        "",
        "Sell bundles, not markdowns",
        "They wait for offers: give them bundles and clearance first, and keep full-price campaigns away from them.",
        "e-mail and app on sale days",
        "margin per order from this segment",
    ),
    _play(
        "returns+",
        "",
        "Cut returns at the source",
        "They send back more than others: better sizing and product information, and a call before large orders.",
        "product pages and service",
        "their return rate in the next quarter",
    ),
    _play(
        "support+",
        "",
        "Solve what makes them call",
        "They need more help than others: find the three commonest reasons and fix those first.",
        "service team",
        "tickets per customer in the next quarter",
    ),
    _play(
        "cash+",
        "",
        "Offer a cheaper way to borrow",
        "They draw cash on the card: offer a loan or an instalment plan, and check for signs of stress first.",
        "in-app offer and service call",
        "share who move from cash advances to a plan in 90 days",
    ),
    _play(
        "frequency+",
        "",
        "Make every visit worth more",
        "They come often: recommend what goes with what they buy, and reward the habit.",
        "app, till and order confirmation",
        "average order value over the next 90 days",
    ),
    _play(
        "bonus+",
        "",
        "Give points a use",
        "They collect more points than others: show what the points buy today, and an offer for topping up.",
        "programme e-mail and app",
        "share who redeem within 90 days",
    ),
    _play(
        "spend- frequency-",
        "",
        "Keep contact cheap",
        "They buy seldom and little: seasonal messages only, and one offer that makes a first habit.",
        "seasonal e-mail",
        "share who buy twice within 90 days",
    ),
    _play(
        "spend-",
        "",
        "Raise the first basket",
        "They spend little: starter bundles and free shipping from a little above their usual basket.",
        "e-mail and site banner",
        "average spending over the next 90 days",
    ),
    _play(
        "frequency-",
        "",
        "Bring them back once more",
        "They buy seldom: a reminder timed to the season, with one thing that suits their last purchase.",
        "e-mail",
        "share who buy again within 90 days",
    ),
    _play(
        "age-",
        "",
        "Meet them on their channels",
        "They are younger than most: test social and app messages against e-mail with the same offer.",
        "social media and app, against e-mail",
        "cost per order of each channel",
    ),
    _play(
        "age+",
        "",
        "Ask before going digital",
        "They are older than most: test printed mail and the phone against e-mail with the same offer.",
        "printed mail and phone, against e-mail",
        "cost per order of each channel",
    ),
)


def rank(action: Action) -> int:
    """Return how urgent an action is: its place among the plays, the general ones last."""
    titles = [play.action.title for play in PLAYS]
    return titles.index(action.title) if action.title in titles else len(titles)


def action_for(signals: frozenset[str], strongest: str | None) -> Action:
    """Return the first play whose signals are all there; else one built on what sets the segment apart most."""
    for play in PLAYS:
        if play.needs <= signals and not play.unless & signals:
            return play.action
    if strongest is None:
        return Action(
            "Use as the baseline",
            "They are close to the average customer: send them the standard programme, and test one new message on half of them.",
            "standard programme",
            "response of the tested half against the other",
        )
    return Action(
        "Test a message of their own",
        f"What sets them apart most is their {strongest}: write one message around it, and send it to half of them.",
        "e-mail",
        "response of the tested half against the other",
    )
