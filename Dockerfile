# Built in two stages: the first has compilers of wheels and every locked tool, the second only what runs.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements.lock deploy/runtime_requirements.py ./
RUN python -m venv /build \
 && /build/bin/pip install --quiet --require-hashes -r requirements.lock
RUN python runtime_requirements.py requirements.lock > runtime.lock \
 && python -m venv /opt/homevigil \
 && /opt/homevigil/bin/pip install --quiet --require-hashes --no-deps -r runtime.lock
COPY . .
RUN /build/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/homevigil/bin/pip install --quiet --no-deps --no-index /wheels/*.whl

FROM python:3.11-slim
ENV PATH=/opt/homevigil/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN groupadd --gid 10001 homevigil \
 && useradd --uid 10001 --gid homevigil --home-dir /var/lib/homevigil --no-create-home --shell /usr/sbin/nologin homevigil \
 && install -d -o homevigil -g homevigil -m 0750 /var/lib/homevigil
COPY --from=build /opt/homevigil /opt/homevigil
COPY deploy/health.py /opt/homevigil/health.py
USER homevigil
WORKDIR /var/lib/homevigil
VOLUME /var/lib/homevigil
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=3 CMD ["python", "/opt/homevigil/health.py"]
ENTRYPOINT ["homevigil"]
CMD ["run", "--config", "/etc/homevigil/homevigil.toml"]
