"""The data source: frames and Parquet files as assets of Great Expectations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import polars as pl
from great_expectations.core.batch import LegacyBatchDefinition
from great_expectations.core.batch_spec import RuntimeDataBatchSpec
from great_expectations.core.id_dict import IDDict
from great_expectations.datasource.fluent import BatchRequest
from great_expectations.datasource.fluent.batch_identifier_util import make_batch_identifier
from great_expectations.datasource.fluent.constants import _DATA_CONNECTOR_NAME
from great_expectations.datasource.fluent.interfaces import Batch, DataAsset, Datasource, TestConnectionError
from great_expectations.exceptions.exceptions import BuildBatchRequestError, InvalidBatchRequestError

from expectations.engine.batch import Frames
from expectations.engine.execution import PolarsExecutionEngine


class _PolarsAsset(DataAsset):  # type: ignore[misc] # Great Expectations is untyped for us
    """What both kinds of asset share: a batch request carries the frame and the side tables under one option."""

    def test_connection(self) -> None:
        """There is nothing to connect to."""

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:
        """The names that batch parameters may have."""
        del partitioner
        return ("tables",)

    def get_batch_identifiers_list(self, batch_request: Any) -> list[dict[str, Any]]:
        """One batch."""
        return [IDDict(batch_request.options)]

    def add_batch_definition_whole_dataframe(self, name: str) -> Any:
        """A batch definition that takes every row."""
        return self.add_batch_definition(name=name, partitioner=None)

    def build_batch_request(
        self, options: Mapping[str, Any] | None = None, batch_slice: Any = None, partitioner: Any = None
    ) -> Any:
        """A request for the batch that `options` describe.

        Raises:
            BuildBatchRequestError: an option is unknown or has the wrong type, or the batch is to be cut into parts.
        """
        if batch_slice is not None or partitioner is not None:
            raise BuildBatchRequestError(message="a polars asset has one batch; batch_slice and partitioner must be None.")
        given = dict(options or {})
        unknown = given.keys() - set(self.get_batch_parameters_keys())
        if unknown:
            raise BuildBatchRequestError(message=f"unknown batch parameters: {', '.join(sorted(unknown))}.")
        frames = self._frames(given)
        return BatchRequest(datasource_name=self.datasource.name, data_asset_name=self.name, options={"dataframe": frames})

    def _frames(self, given: dict[str, Any]) -> Frames:
        raise NotImplementedError

    def get_batch(self, batch_request: Any) -> Any:
        """The batch; nothing is read yet.

        Raises:
            InvalidBatchRequestError: the request was not made by `build_batch_request`.
        """
        frames = batch_request.options.get("dataframe")
        if batch_request.data_asset_name != self.name or not isinstance(frames, Frames):
            raise InvalidBatchRequestError("Build the batch request with build_batch_request of this asset.")
        spec = RuntimeDataBatchSpec(batch_data=frames)
        data, markers = self.datasource.get_execution_engine().get_batch_data_and_markers(spec)
        definition = LegacyBatchDefinition(
            datasource_name=self.datasource.name,
            data_connector_name=_DATA_CONNECTOR_NAME,
            data_asset_name=self.name,
            batch_identifiers=make_batch_identifier(batch_request.options),
            batch_spec_passthrough=None,
        )
        return Batch(
            datasource=self.datasource,
            data_asset=self,
            batch_request=batch_request,
            data=data,
            metadata=self._get_batch_metadata_from_batch_request(batch_request=batch_request, ignore_options=("dataframe",)),
            batch_markers=markers,
            batch_spec=spec,
            batch_definition=definition,
        )


class PolarsDataFrameAsset(_PolarsAsset):
    """Frames that come as the batch parameter `dataframe`: a DataFrame or a LazyFrame."""

    type: Literal["dataframe"] = "dataframe"

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:
        """The frame, and side tables by name."""
        del partitioner
        return ("dataframe", "tables")

    def _frames(self, given: dict[str, Any]) -> Frames:
        frame = given.get("dataframe")
        if isinstance(frame, Frames):  # a request that is built from the options of another
            return frame
        if not isinstance(frame, (pl.DataFrame, pl.LazyFrame)):
            raise BuildBatchRequestError(message="the batch parameter dataframe must be a polars DataFrame or LazyFrame.")
        return Frames(frame, given.get("tables") or {})


class PolarsParquetAsset(_PolarsAsset):
    """A Parquet file, a folder of them or a glob: scanned, streamed, and read only in the columns that a suite names."""

    type: Literal["parquet"] = "parquet"
    path: str

    def test_connection(self) -> None:
        """The path leads to something.

        Raises:
            TestConnectionError: nothing is there.
        """
        if "*" not in self.path and "://" not in self.path and not Path(self.path).exists():
            raise TestConnectionError(f"There is no Parquet file or folder {self.path}.")

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:
        """Side tables by name."""
        del partitioner
        return ("dataframe", "tables")

    def add_batch_definition_whole_path(self, name: str) -> Any:
        """A batch definition that takes every row of every file."""
        return self.add_batch_definition_whole_dataframe(name)

    def _frames(self, given: dict[str, Any]) -> Frames:
        if isinstance(given.get("dataframe"), Frames):  # a request that is built from the options of another
            return given["dataframe"]  # type: ignore[no-any-return] # just asked
        if "dataframe" in given:
            raise BuildBatchRequestError(message="a Parquet asset reads its own path; dataframe is for a dataframe asset.")
        return Frames(pl.scan_parquet(self.path), given.get("tables") or {})


class PolarsDatasource(Datasource):  # type: ignore[misc] # as above
    """A data source whose batches are polars frames; `context.data_sources.add_polars(name)`."""

    asset_types: ClassVar[Any] = [PolarsDataFrameAsset, PolarsParquetAsset]

    type: Literal["polars"] = "polars"
    assets: list[PolarsDataFrameAsset | PolarsParquetAsset] = []  # noqa: RUF012 # pydantic copies it for each instance

    @property
    def execution_engine_type(self) -> Any:
        """The engine of this package."""
        return PolarsExecutionEngine

    def test_connection(self, test_assets: bool = True) -> None:
        """There is nothing to connect to, except for paths."""
        for asset in self.assets if test_assets else []:
            asset.test_connection()

    def add_dataframe_asset(self, name: str, batch_metadata: dict[str, Any] | None = None) -> Any:
        """An asset whose frames come as batch parameters."""
        return self._add_asset(PolarsDataFrameAsset(name=name, batch_metadata=batch_metadata or {}))

    def add_parquet_asset(self, name: str, path: str | Path, batch_metadata: dict[str, Any] | None = None) -> Any:
        """An asset of a file, a folder or a glob.

        Raises:
            TestConnectionError: nothing is there.
        """
        return self._add_asset(PolarsParquetAsset(name=name, path=str(path), batch_metadata=batch_metadata or {}))
