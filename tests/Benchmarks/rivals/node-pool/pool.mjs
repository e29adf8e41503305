// node pool.mjs INCOMING COMPLETED WORKERS KEY: decodes what is renamed into INCOMING until its standard input ends.
import chokidar from 'chokidar';
import workerpool from 'workerpool';
import path from 'node:path';

const [incoming, completed, workers, key] = process.argv.slice(2);
const count = Number(workers);
const pool = workerpool.pool(new URL('./worker.mjs', import.meta.url).pathname, {
  workerType: 'process',
  minWorkers: count,
  maxWorkers: count,
});

async function decode(file) {
  const source = path.join(incoming, path.basename(file));
  try {
    await pool.exec('decode', [source, path.join(completed, path.basename(file)), key]);
  } catch (error) {
    console.error(`${source}: ${error.message}`);
  }
}

process.stdin.resume();
process.stdin.on('end', async () => {
  await watcher.close();
  await pool.terminate();
  process.exit(0);
});

const watcher = chokidar.watch(incoming, { depth: 0 });
watcher.on('add', decode);
watcher.on('ready', () => console.log('ready'));
