// The numbers of the transports.
export * from '@nestjs/microservices';
export const Transport = { TCP: 0, REDIS: 1, NATS: 2, MQTT: 3, GRPC: 4, RMQ: 5, KAFKA: 6 };
