import net from 'node:net';

export async function openDatabase({ host, port }) {
  const socket = await new Promise((resolve, reject) => {
    const s = net.connect(port, host);
    s.once('connect', () => resolve(s));
    s.once('error', (e) => reject(e));
  }).catch((cause) => {
    throw new Error(`database ${host}:${port} cannot be reached`, { cause });
  });
  return socket;
}
