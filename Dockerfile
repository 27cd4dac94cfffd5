# syntax=docker/dockerfile:1
# Targets: `service` (API, page, nightly analysis) and `frontend` (nginx with the page, before the service).

FROM node:24-trixie-slim AS page
WORKDIR /build/reviewer_api/ui
COPY reviewer_api/ui/package.json reviewer_api/ui/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY reviewer_api/ui ./
RUN npm run build

# Trixie: SQLite 3.46 and git 2.47.
FROM python:3.11-slim-trixie AS packages
COPY requirements.lock requirements-fleet.lock /
# requirements-fleet.lock adds Dask, for many homes.
ARG LOCK=requirements.lock
# Compiled here, since the root file system is read-only later; without the libraries' own tests, a third of them.
ENV PYTHONNODEBUGRANGES=1
RUN pip install --no-cache-dir "uv>=0.5,<1" \
    && uv venv /app/.venv \
    && uv pip install --python /app/.venv/bin/python --no-cache --require-hashes -r "/$LOCK" \
    && find /app/.venv -type d -name tests -prune -exec rm -rf {} + \
    && /app/.venv/bin/python -m compileall -q /app/.venv/lib

FROM python:3.11-slim-trixie AS service
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --no-install-recommends --yes git tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --home-dir /app nightshift \
    && install --directory --owner nightshift /app/data
WORKDIR /app
COPY --from=packages /app/.venv /app/.venv
COPY schemas schemas
COPY automations automations
COPY generator generator
COPY reviewer_api reviewer_api
COPY --from=page /build/reviewer_api/static reviewer_api/static
RUN PYTHONNODEBUGRANGES=1 /app/.venv/bin/python -m compileall -q schemas automations generator reviewer_api
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONNODEBUGRANGES=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=1 \
    HOME=/app/data \
    DATA_DIR=/app/data \
    AUTOMATIONS_REPO=/app/data/automations.git \
    HOST=0.0.0.0 \
    PORT=8011
USER 10001
VOLUME /app/data
EXPOSE 8011
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8011/health', timeout=4)"]
ENTRYPOINT ["tini", "--", "python", "-m", "reviewer_api"]

FROM nginxinc/nginx-unprivileged:1.27-alpine AS frontend
COPY infrastructure/nginx/ /etc/nginx/
COPY --from=page /build/reviewer_api/static /usr/share/nginx/html
USER 0
RUN sed -i 's|<head>|<head><base href="/">|' /usr/share/nginx/html/index.html \
    && rm -f /etc/nginx/conf.d/default.conf
USER 101
EXPOSE 80
HEALTHCHECK --interval=30s --timeout=5s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1/"]
