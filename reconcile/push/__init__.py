"""The second gate: writing exactly what was approved, and proving that it landed."""

from reconcile.push.protocol import PushResult, push

__all__ = ["PushResult", "push"]
