#!/bin/sh
# Makes every secret that docker-compose.yml wants, at random, in SECRETS_DIR (default: deploy/secrets).
# A file that is there stays as it is, so running this again is harmless.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${SECRETS_DIR:-$here/secrets}}

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# The folder keeps others of this machine out; the files in it are readable, because each container has another user.
mkdir -p "$folder"
chmod 700 "$folder"
umask 022
for name in broker_password influx_admin_password influx_admin_token grafana_admin_password; do
  [ -s "$folder/$name" ] || random > "$folder/$name"
done

if [ ! -s "$folder/mosquitto_passwords" ]; then
  if command -v mosquitto_passwd > /dev/null 2>&1; then
    : > "$folder/mosquitto_passwords"
    mosquitto_passwd -b "$folder/mosquitto_passwords" homevigil "$(cat "$folder/broker_password")"
  else
    docker run --rm -v "$(cd "$folder" && pwd):/secrets" eclipse-mosquitto:2.0 sh -c \
      ': > /secrets/mosquitto_passwords && mosquitto_passwd -b /secrets/mosquitto_passwords homevigil "$(cat /secrets/broker_password)"'
  fi
fi
chmod 644 "$folder"/*

for name in influx_service_token influx_read_token; do
  [ -s "$folder/$name" ] || echo "still to be made: $folder/$name (docs/deploy.md, step 3)"
done
