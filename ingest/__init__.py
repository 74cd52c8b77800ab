"""MQTT in: messages become readings, statuses, events or rejects."""
