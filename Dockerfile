# One image for all processes: `docker run replyclock intake|worker|alerts`.
# Everything from the lock files, with hashes.
FROM python:3.11.15-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build

RUN python -m venv /opt/replyclock
COPY requirements.lock ./
# Wheels only: a compiler here would mean a Faust without its compiled parts there.
RUN /opt/replyclock/bin/pip install --only-binary=:all: --require-hashes -r requirements.lock

# hatchling, the build backend, is in the development lock.
RUN python -m venv /opt/backend
COPY requirements-dev.lock ./
RUN /opt/backend/bin/pip install --only-binary=:all: --require-hashes -r requirements-dev.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY stream stream
COPY alerts alerts
# There is no git in here: --build-arg COMMIT=... (docs/releasing.md), or it is not known.
ARG COMMIT=
RUN REPLYCLOCK_COMMIT=$COMMIT /opt/backend/bin/pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
    && /opt/replyclock/bin/pip install --no-deps --no-index wheels/*.whl


FROM python:3.11.15-slim-bookworm
RUN groupadd --system --gid 10001 replyclock \
    && useradd --system --uid 10001 --gid replyclock --create-home --home-dir /var/lib/replyclock replyclock \
    && install -d -o replyclock -g replyclock -m 755 /var/lib/replyclock/monitoring \
    && install -d -o replyclock -g replyclock -m 700 /var/lib/replyclock/spool
COPY --from=build /opt/replyclock /opt/replyclock
ENV PATH=/opt/replyclock/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER replyclock
WORKDIR /var/lib/replyclock
# 0.0.0.0 inside a container: what is reachable is what is published.
ENV REPLYCLOCK_INTAKE_HOST=0.0.0.0 REPLYCLOCK_INTAKE_METRICS_HOST=0.0.0.0 \
    REPLYCLOCK_WORKER_HOST=0.0.0.0 REPLYCLOCK_ALERTS_HOST=0.0.0.0
EXPOSE 8080 9101 9102 9103
ENTRYPOINT ["replyclock"]
CMD ["--help"]

ARG VERSION=0.2.0
ARG COMMIT=
LABEL org.opencontainers.image.title=ReplyClock \
    org.opencontainers.image.description="Knows the second a reply-time promise breaks" \
    org.opencontainers.image.version=$VERSION \
    org.opencontainers.image.revision=$COMMIT \
    org.opencontainers.image.licenses=Apache-2.0
