// A gateway is served by socket.io, unless an adapter of the application says otherwise.
import { Server } from 'socket.io';
export * from '@nestjs/websockets';

// `@WebSocketGateway()`, `@WebSocketGateway(options)`, `@WebSocketGateway(port, options)`
export const WebSocketGateway =
  (...given) =>
  () => {
    new Server(given.find((one) => typeof one === 'object'));
  };
