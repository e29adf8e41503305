// Decodes one file: a sealed xlog or plain text. Written, synced, renamed; then the upload goes.
import workerpool from 'workerpool';
import crypto from 'node:crypto';
import fs from 'node:fs/promises';
import zlib from 'node:zlib';

const HEADER_BYTES = 73;
const SEALED_ZLIB = 0x07;
const DELTA = 0x9e3779b9;

const rings = new Map();

function agree(key, point) {
  let ring = rings.get(key);
  if (!ring) {
    ring = crypto.createECDH('secp256k1');
    ring.setPrivateKey(Buffer.from(key.padStart(64, '0'), 'hex'));
    rings.set(key, ring);
  }
  return ring.computeSecret(Buffer.concat([Buffer.from([4]), point]));
}

function open(payload, secret) {
  const clear = Buffer.from(payload);
  const k = [0, 4, 8, 12].map((at) => secret.readUInt32LE(at));
  for (let at = 0; at + 8 <= clear.length; at += 8) {
    let v0 = clear.readUInt32LE(at);
    let v1 = clear.readUInt32LE(at + 4);
    let sum = (DELTA << 4) >>> 0;
    for (let round = 0; round < 16; round++) {
      v1 = (v1 - ((((v0 << 4) + k[2]) ^ (v0 + sum) ^ ((v0 >>> 5) + k[3])) >>> 0)) >>> 0;
      v0 = (v0 - ((((v1 << 4) + k[0]) ^ (v1 + sum) ^ ((v1 >>> 5) + k[1])) >>> 0)) >>> 0;
      sum = (sum - DELTA) >>> 0;
    }
    clear.writeUInt32LE(v0, at);
    clear.writeUInt32LE(v1, at + 4);
  }
  return clear;
}

function unseal(file, key) {
  const texts = [];
  for (let at = 0; at < file.length; ) {
    const length = file.readInt32LE(at + 5);
    const payload = file.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    const clear = open(payload, agree(key, file.subarray(at + 9, at + HEADER_BYTES)));
    texts.push(zlib.inflateRawSync(clear, { finishFlush: zlib.constants.Z_SYNC_FLUSH }));
    at += HEADER_BYTES + length + 1;
  }
  return Buffer.concat(texts);
}

async function decode(source, target, key) {
  const file = await fs.readFile(source);
  const text = file[0] === SEALED_ZLIB ? unseal(file, key) : file;
  const made = await fs.open(`${target}.tmp`, 'wx');
  await made.writeFile(text);
  await made.sync();
  await made.close();
  await fs.rename(`${target}.tmp`, `${target}.text`);
  await fs.unlink(source);
  return text.length;
}

workerpool.worker({ decode });
