// Takes what comes through a tunnel, and ends when it has it all. node sink.mjs ADDRESS PORT BYTES
import { createServer } from 'node:net';

const [address, port, bytes] = process.argv.slice(2);
let taken = 0;
createServer((socket) =>
  socket.on('data', (chunk) => {
    taken += chunk.length;
    if (taken >= Number(bytes)) {
      console.log('all');
      process.exit(0);
    }
  }),
).listen(Number(port), address, () => console.log('ready'));
