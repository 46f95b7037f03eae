"""What arrays of numbers mean in matching: one name for each kind, whatever file they are passed to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
"""Counts, labels, places."""
Rows = npt.NDArray[np.int64]
"""Row numbers; -1 where there is none."""
Pair = tuple[Rows, Rows]
"""Rows of the CRM, and of the ERP."""
Ends = npt.NDArray[np.uint32]
"""Row numbers of one side as pairs hold them."""
Levels = npt.NDArray[np.uint8]
"""How alike two values are."""
Codes = npt.NDArray[np.uint32]
"""Hashes of values in 32 bits; 0 where there is none."""
Marks = npt.NDArray[np.uint64]
"""What stands for a value, a key, a record or a pair in 64 bits; mostly a hash."""
