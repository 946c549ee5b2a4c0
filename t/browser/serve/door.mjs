// Usage: node door.js SOCKET PORT
//
// What comes in by a socket of the file system goes to a port of the loopback
// of this network namespace.

import net from 'node:net';

const [socket, port] = process.argv.slice(2);

net.createServer((outside) => {
    const inside = net.connect(Number(port), '127.0.0.1');

    outside.pipe(inside).pipe(outside);
    outside.on('error', () => inside.destroy());
    inside.on('error', () => outside.destroy());
}).listen(socket);
