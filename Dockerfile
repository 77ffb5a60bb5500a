# docker run --rm -v "$PWD:/work:ro" pm2lint check
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked && ./target/release/pm2lint --version

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/pm2lint /usr/local/bin/pm2lint
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/pm2lint"]
CMD ["check"]
