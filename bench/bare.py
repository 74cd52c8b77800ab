"""The peer: a bare paho subscriber, QoS 1, manual acknowledgement, that keeps nothing."""

import os
import sys
import time


def drain(host: str, port: int, client_id: str, messages: int) -> tuple[float, float]:
    """Seconds and CPU seconds to receive and acknowledge so many messages of a session that is already full."""
    import paho.mqtt.client as mqtt  # noqa: PLC0415  (in the child process only)
    from paho.mqtt.enums import CallbackAPIVersion  # noqa: PLC0415

    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=False,
        manual_ack=True,
        protocol=mqtt.MQTTv311,
    )
    seen = 0
    begin: list[float] = []

    def on_message(client: mqtt.Client, userdata: object, message: mqtt.MQTTMessage) -> None:
        del userdata
        nonlocal seen
        if not seen:
            begin[:] = [time.monotonic(), sum(os.times()[:2])]
        seen += 1
        client.ack(message.mid, message.qos)
        if seen >= messages:
            client.disconnect()

    client.on_message = on_message
    client.connect(host, port, 60)
    client.loop_forever()
    return time.monotonic() - begin[0], sum(os.times()[:2]) - begin[1]


if __name__ == "__main__":
    seconds, cpu = drain(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    print(f"{seconds} {cpu}")
