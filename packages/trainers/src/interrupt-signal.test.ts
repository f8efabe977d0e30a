import { describe, expect, it } from 'vitest';
import { interruptSignal } from './interrupt-signal.ts';

describe('interruptSignal', () => {
  it('is aborted by the first signal, takes an echo of it for the same, and gives the signals back', () => {
    const listeners = process.listenerCount('SIGINT');
    {
      using signal = interruptSignal();
      expect(process.listenerCount('SIGINT')).toBe(listeners + 1);
      expect(signal.aborted).toBe(false);
      process.emit('SIGINT', 'SIGINT');
      expect(signal.aborted).toBe(true);
      expect(signal.reason).toBe('SIGINT');
      process.emit('SIGTERM', 'SIGTERM');
      expect(signal.reason).toBe('SIGINT');
    }
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });
});
