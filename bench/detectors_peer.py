"""The streaming peer: river's online statistics, one object a series, which is how it is used for many series."""

import time
from collections.abc import Callable

from river import anomaly, stats

from vitals.batch import Batch

Judge = Callable[[Batch], int]


def gaussian() -> Judge:
    """A Gaussian a series, learnt as it goes; says what lies beyond 99.9 %."""
    known: dict[int, anomaly.GaussianScorer] = {}

    def judge(batch: Batch) -> int:
        found = 0
        for code, value in zip(batch.series.tolist(), batch.value.tolist(), strict=True):
            scorer = known.get(code)
            if scorer is None:
                scorer = known[code] = anomaly.GaussianScorer(grace_period=2)  # type: ignore[no-untyped-call]
            found += scorer.score_one(None, value) > 0.999  # type: ignore[no-untyped-call]
            scorer.learn_one(None, value)  # type: ignore[no-untyped-call]
        return found

    return judge


def quantile(window: int = 100) -> Judge:
    """The 99 % quantile of the newest values of each series; says what lies above."""
    known: dict[int, stats.RollingQuantile] = {}

    def judge(batch: Batch) -> int:
        found = 0
        for code, value in zip(batch.series.tolist(), batch.value.tolist(), strict=True):
            rolling = known.get(code)
            if rolling is None:
                rolling = known[code] = stats.RollingQuantile(0.99, window)
            found += value > (rolling.get() or value)
            rolling.update(value)
        return found

    return judge


def nanoseconds(judge: Judge, batches: list[Batch]) -> float:
    """CPU ns a reading over the second half of the batches."""
    half = len(batches) // 2
    for batch in batches[:half]:
        judge(batch)
    began = time.process_time_ns()
    for batch in batches[half:]:
        judge(batch)
    return (time.process_time_ns() - began) / sum(len(batch) for batch in batches[half:])
