"""Continuous glucose monitoring of 57 people, every five minutes (Hall et al., PLoS Biology 2018).

The recording has no time zone; its wall-clock times are taken as UTC.
"""

from monitor.convert.base import Source, unpivot

_EPISODES = """
SELECT id::VARCHAR AS patient, kind, strftime(min(time), '%Y-%m-%dT%H:%M:%SZ') AS start,
  strftime(max(until), '%Y-%m-%dT%H:%M:%SZ') AS "end", 'glucose' AS signal
FROM (
  SELECT *, sum(begins) OVER (PARTITION BY id, kind ORDER BY time) AS episode FROM (
    SELECT *, (NOT lag(inside, 1, false) OVER w OR time - lag(time) OVER w > INTERVAL 20 MINUTE)::INT AS begins,
      least(lead(time, 1, time) OVER w, time + INTERVAL 20 MINUTE) AS until
    FROM (
      SELECT id, time, kind, coalesce(try_cast(gl AS DOUBLE) BETWEEN low AND high, false) AS inside
      FROM recording, (VALUES
        ('below 70 mg/dL', 0, 69.999), ('below 54 mg/dL', 0, 53.999), ('above 250 mg/dL', 250.001, 1e9)
      ) AS level(kind, low, high)
    ) WINDOW w AS (PARTITION BY id, kind ORDER BY time)
  ) WHERE inside
) GROUP BY id, kind, episode HAVING max(until) - min(time) >= INTERVAL 15 MINUTE ORDER BY 3, 1, 2
"""
"""Episodes of at least 15 min, as the consensus on continuous glucose counts them (Battelino et al., Diabetes Care
2019); a gap of more than 20 min ends one. Derived from the values themselves: concordance, not outcome."""

SOURCE = Source(
    name="cgm",
    title="CGM table (id, time, gl)",
    files=("cgm_hall2018.csv.gz", "cgm.csv.gz", "cgm.csv"),
    needs=("id", "time", "gl"),
    query=unpivot({"gl": ("glucose", "cgm", "mg/dL")}, patient="id", at="time"),
    labels=_EPISODES,
)
