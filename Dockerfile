# One image, three entry points: `mobility serve` (the default), `mobility worker`, `mobility db migrate`.

FROM node:24-slim AS web
WORKDIR /web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit
COPY web/ ./
RUN npm run build

FROM python:3.13-slim AS packages
WORKDIR /build
COPY infra/requirements-serve.lock infra/requirements-build.lock ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-serve.lock \
    && pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY mobility/ mobility/
RUN pip wheel --no-deps --no-build-isolation --wheel-dir wheel . \
    && /venv/bin/pip install --no-deps wheel/mobility-*.whl
COPY migrations/ migrations/
RUN cp -r migrations /venv/lib/python3.*/site-packages/mobility/

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home mobility && install --directory --owner mobility --mode 700 /photos
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=web /web/dist web/dist/
COPY cities/ cities/
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MOBILITY_HOST=0.0.0.0
USER mobility
# The night's solver is compiled now: where the CPU is another one, the first plan does it again.
ENV NUMBA_CACHE_DIR=/home/mobility/.cache/numba
RUN mobility plan compile
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready')"]
CMD ["mobility", "serve"]
