# The API is `docker run IMAGE`, the worker `docker run --no-healthcheck IMAGE worker`,
# an upgrade of the database `docker run --no-healthcheck IMAGE migrate`.
FROM python:3.13-slim-trixie AS build

WORKDIR /srv/rantau
RUN python -m venv .venv
# What changes seldom comes first: the dependencies are a layer of their own.
COPY pyproject.toml constraints.txt README.md ./
COPY app/__init__.py app/
RUN .venv/bin/pip install --no-cache-dir --constraint constraints.txt --editable .
COPY app app
COPY migrations migrations
COPY alembic.ini ./
RUN .venv/bin/python -m compileall -q app migrations

FROM python:3.13-slim-trixie

RUN useradd --system --uid 10001 --home-dir /var/lib/rantau --create-home rantau
COPY --from=build /srv/rantau /srv/rantau
WORKDIR /srv/rantau
ENV PATH=/srv/rantau/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    RANTAU_ENVIRONMENT=production \
    RANTAU_HOME=/var/lib/rantau \
    RANTAU_HOST=0.0.0.0 \
    RANTAU_PORT=8000
USER 10001
VOLUME /var/lib/rantau
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, sys; from http.client import HTTPConnection; c = HTTPConnection('127.0.0.1', int(os.environ['RANTAU_PORT']), timeout=3); c.request('GET', '/readyz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["rantau"]
CMD ["serve"]
