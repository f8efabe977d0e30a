// Ends this program when run.mjs, which started it, is gone without having been able to say so (`kill -9`):
// a training run that goes on unseen would write into the folder that the next one resumes from.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel !== undefined) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref(); // it must not keep a program alive that is done
}
