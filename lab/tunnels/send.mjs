// Sends random bytes. node send.mjs ADDRESS PORT BYTES
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const [address, port, bytes] = process.argv.slice(2);
const socket = connect(Number(port), address, () => socket.write(randomBytes(Number(bytes))));
socket.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
