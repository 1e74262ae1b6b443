ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
COPY requirements.lock requirements-build.lock ./
# Two environments: one is left behind with its Node, one is shipped without pip.
RUN python3 -m venv tools \
 && python3 -m venv --without-pip /opt/chainrule \
 && tools/bin/python -m pip install --quiet --require-hashes -r requirements-build.lock \
 && tools/bin/python -m pip --python /opt/chainrule/bin/python install --quiet --require-hashes -r requirements.lock
COPY static/package.json static/package-lock.json static/.npmrc static/build.py static/build.mjs static/vendor-*.mjs static/
RUN tools/bin/python static/build.py install
COPY static/notebook* static/
COPY static/js static/js
COPY static/css static/css
RUN tools/bin/python static/build.py vendor
COPY app /srv/app
COPY engine /srv/engine
COPY templates /srv/templates
COPY static static
# Only what a browser may ask for. Compiled here, since the container's root may be read-only.
RUN mkdir /srv/static \
 && for served in css js vendor img; do if [ -d static/$served ]; then cp -r static/$served /srv/static/; fi; done \
 && rm -f /srv/static/vendor/*.d.ts \
 && /opt/chainrule/bin/python -m compileall -q /opt/chainrule/lib /srv/app /srv/engine

FROM ${BASE}
COPY --from=build /opt/chainrule /opt/chainrule
COPY --from=build /srv /srv
WORKDIR /srv
ENV PATH=/opt/chainrule/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OPENBLAS_NUM_THREADS=1 \
    HOST=0.0.0.0 \
    PORT=8000
EXPOSE 8000
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=4s --start-period=10s --retries=3 \
  CMD ["python3", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=3)"]
CMD ["python3", "-m", "app"]
