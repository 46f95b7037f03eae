"""What a value is: its standard form (typed, clean) and its comparable form (harmless variation gone), per kind of field.

Pure polars expressions, below the stages: normalise, match, compare and cleanse all speak of values in these forms.
"""

from reconcile.values.comparable import comparable
from reconcile.values.standard import Reading, standard

__all__ = ["Reading", "comparable", "standard"]
