"""Continuous glucose monitoring of 57 people, every five minutes (Hall et al., PLoS Biology 2018).

The recording has no time zone; its wall-clock times are taken as UTC.
"""

from monitor.convert.base import Source, unpivot

_EPISODES = """
SELECT patient, kind, strftime(min(begun), '%Y-%m-%dT%H:%M:%SZ') AS start,
  strftime(max(until), '%Y-%m-%dT%H:%M:%SZ') AS "end", 'glucose' AS signal, any_value(severity) AS severity
FROM (
  SELECT patient, kind, any_value(severity) AS severity, episode, min(time) AS begun, max(until) AS until
  FROM (
    SELECT *, sum((NOT joined OR NOT was)::INT) OVER w AS stretch, sum((joined AND back AND recovering)::INT) OVER w
      AS episode
    FROM (
      SELECT *, coalesce(lag(beyond) OVER w, false) AS was, coalesce(lag(recovered) OVER w, false) AS recovering,
        coalesce(time - lag(time) OVER w <= INTERVAL 15 MINUTE, false) AS joined, recovered AS back,
        least(lead(time, 1, time + INTERVAL 1 SECOND) OVER w, time + INTERVAL 15 MINUTE) AS until
      FROM (
        SELECT id::VARCHAR AS patient, time, kind, severity, sign * value > sign * edge AS beyond,
          sign * value <= sign * (edge - sign * 5) AS recovered
        FROM (SELECT id, time, try_cast(gl AS DOUBLE) AS value FROM recording), (VALUES
          ('below 70 mg/dL', 'medium', -1, 70), ('below 54 mg/dL', 'high', -1, 54),
          ('above 250 mg/dL', 'medium', 1, 250)
        ) AS level(kind, severity, sign, edge) WHERE value IS NOT NULL
      ) WINDOW w AS (PARTITION BY patient, kind ORDER BY time)
    ) WINDOW w AS (PARTITION BY patient, kind ORDER BY time)
  ) WHERE beyond GROUP BY patient, kind, episode, stretch HAVING max(time) - min(time) >= INTERVAL 15 MINUTE
) GROUP BY patient, kind, episode ORDER BY 3, 1, 2
"""
"""Episodes of at least 15 min, as the consensus on continuous glucose counts them (Battelino et al., Diabetes Care
2019): consecutive readings strictly beyond the level, none more than 15 min after the one before, that span 15 min. An
episode is over with two such readings that are back by 5 mg/dL (where a limit's alert is over too): what dips again
before that is the same one, and a gap neither makes nor ends one. ``end`` is the next reading after its last.
``severity`` is what an alert about it must at least have: below 54 is the alert limit, the others warning limits.
Derived from the values themselves: concordance, not outcome."""

SOURCE = Source(
    name="cgm",
    title="CGM table (id, time, gl)",
    files=("cgm_hall2018.csv.gz", "cgm.csv.gz", "cgm.csv"),
    needs=("id", "time", "gl"),
    query=unpivot({"gl": ("glucose", "cgm", "mg/dL")}, patient="id", at="time"),
    labels=_EPISODES,
)
