// A service that takes no connections: it sends datagrams back, in capitals.
import { createSocket } from "node:dgram";

const socket = createSocket("udp4");
socket.on("message", (bytes, { address, port }) => {
  socket.send(String(bytes).toUpperCase(), port, address);
});
socket.bind(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
