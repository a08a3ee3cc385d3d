# Tocsin in one image. Build: docker build -t tocsin .   Settings are mounted at /etc/tocsin/tocsin.yaml.

FROM node:24-bookworm-slim AS build
WORKDIR /app
# The dependencies are a layer of their own, so that a change of the code does not fetch them again. Building is `prepare`'s
# work and needs the code, so it waits.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY LICENSE NOTICE ./
COPY rules ./rules
COPY patterns ./patterns
# State of the embedded family and dead letters; a volume belongs here. The image's own user may write to nothing else.
RUN mkdir -p /var/lib/tocsin && chown node:node /var/lib/tocsin
ENV TOCSIN_DATA_DIR=/var/lib/tocsin
VOLUME /var/lib/tocsin
USER node
EXPOSE 7700
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7700/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main/tocsin.js", "run", "--config", "/etc/tocsin/tocsin.yaml"]
