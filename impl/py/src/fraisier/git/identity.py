"""Which delivery this is, for forges that give it no id."""

from __future__ import annotations

from hashlib import sha256

from fraisier.domain.values import WebhookEvent


def digest_of(event: WebhookEvent, payload: bytes) -> str:
    """
    The same for the same change of a ref of the same repository; else for the same payload.

    A change that is undone and made again looks the same: an id of the forge is better.
    """
    if event.event_type not in ("push", "tag", "delete"):
        return f"payload-{sha256(payload).hexdigest()}"
    place = f"branch {event.branch}" if event.branch else f"tag {event.tag}"
    facts = (event.repository, *event.repository_keys, place, event.before, event.commit_sha)
    text = "\n".join(fact or "" for fact in facts)
    return f"change-{sha256(text.encode()).hexdigest()}"
