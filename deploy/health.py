"""Healthy: the service's metrics answer, and none of its parts is down. For the image's health check."""  # noqa: INP001

import sys
import urllib.request

ADDRESS = "http://127.0.0.1:9464/metrics"


def parts_down(metrics: str) -> list[str]:
    r"""Parts that the service reports as not answering.

    >>> parts_down('homevigil_stage_up{part="store"} 0.0\nhomevigil_stage_up{part="ledger"} 1.0\n')
    ['store']
    """
    lines = (line for line in metrics.splitlines() if line.startswith("homevigil_stage_up{"))
    return [line.split('"')[1] for line in lines if float(line.rsplit(" ", 1)[1]) == 0]


def main() -> int:
    """Exit status of the check: 0 healthy, 1 not."""
    try:
        with urllib.request.urlopen(ADDRESS, timeout=5) as answer:
            down = parts_down(answer.read().decode())
    except OSError as error:
        down = [f"service ({error})"]
    sys.stdout.write(f"down: {', '.join(down)}\n" if down else "up\n")
    return 1 if down else 0


if __name__ == "__main__":
    sys.exit(main())
