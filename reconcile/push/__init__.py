"""The second gate: writing exactly what was approved, and proving that it landed."""

from reconcile.push.protocol import PushResult, push
from reconcile.push.switch import resume_pushes, stop_pushes

__all__ = ["PushResult", "push", "resume_pushes", "stop_pushes"]
