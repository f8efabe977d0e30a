import { describe, expect, it } from 'vitest';
import { assertShape, assertWhole, formatShape, TenonError } from './errors.ts';

const parts = { subject: 'batch', expected: '8', got: '9', advice: 'Pass 8.' };

describe('TenonError', () => {
  it('says what was expected, what came and what to do', () => {
    expect(new TenonError(parts).message).toBe('batch: expected 8, got 9. Pass 8.');
    expect(new TenonError(parts).parts).toEqual(parts);
  });

  it('is recognised when another copy of the package made it', () => {
    class OtherCopy extends Error {}
    Object.defineProperty(OtherCopy.prototype, Symbol.for('tenon.error'), { value: true });
    expect(new OtherCopy()).toBeInstanceOf(TenonError);
    expect(new Error('other')).not.toBeInstanceOf(TenonError);
    expect('text').not.toBeInstanceOf(TenonError);
  });

  it('keeps subclasses apart', () => {
    class Special extends TenonError {}
    expect(new Special(parts)).toBeInstanceOf(Special);
    expect(new Special(parts)).toBeInstanceOf(TenonError);
    expect(new TenonError(parts)).not.toBeInstanceOf(Special);
  });

  it('keeps its cause', () => {
    const cause = new Error('below');
    expect(new TenonError(parts, { cause }).cause).toBe(cause);
  });
});

describe('assertShape', () => {
  it('lets named dimensions be free and holds the others', () => {
    assertShape('mask', [2, 8], ['B', 8], 'Pass it as it is.');
    expect(() => assertShape('mask', [2, 1, 8], ['B', 8], 'Pass it as it is.')).toThrow(
      'mask: expected [B, 8], got [2, 1, 8]. Pass it as it is.',
    );
    expect(() => assertShape('mask', [2, 7], ['B', 8], 'Pass it as it is.')).toThrow(
      'expected [B, 8], got [2, 7]',
    );
  });

  it('formats a scalar shape', () => {
    expect(formatShape([])).toBe('[]');
  });
});

describe('assertWhole', () => {
  it('names what is wrong', () => {
    assertWhole('heads', 1);
    for (const value of [0, 1.5, Number.NaN]) {
      expect(() => assertWhole('heads', value)).toThrow(
        `heads: expected a whole number of at least 1, got ${value}.`,
      );
    }
  });
});
