"""A process of its own, to be killed (``write``, ``hold``) or to compete (``lease``): ledger_child.py MODE URL NAME."""

import sys
from itertools import count

from store.ledger import open_ledger
from tests.ledger.ledger_samples import Try, alert, delivery, leased, transition


def write(url: str, name: str) -> None:
    """Commit alert, transition and two notices at a time, saying so after each commit, until killed."""
    with open_ledger(url, migrate=False) as ledger:
        for number in count():
            new = alert(f"{name}-{number}", evidence={"text": "x" * 2_000})
            with ledger.write() as tx:
                tx.put_alerts([new])
                tx.add_transitions([transition(new)])
                tx.add_deliveries([delivery(new), leased(new, "ben")])
            print(new.id, flush=True)


def lease(url: str, name: str) -> None:
    """Take and send until nothing is due, naming each notice taken."""
    with open_ledger(url, migrate=False) as ledger:
        print("ready", flush=True)
        sys.stdin.readline()
        while taken := ledger.lease(name, 10_000, 20_000, 5):
            ledger.mark([Try(d.key, 10_000, ok=True, result="ok") for d in taken])
            print(*(d.key for d in taken), sep="\n", flush=True)


def hold(url: str, name: str) -> None:
    """Take what is due, say how much that is, and do nothing about it."""
    with open_ledger(url, migrate=False) as ledger:
        taken = ledger.lease(ledger.attend(name), 10_000, 70_000, 9)
        print(len(taken), flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    mode, address, own_name = sys.argv[1:]
    {"write": write, "lease": lease, "hold": hold}[mode](address, own_name)
