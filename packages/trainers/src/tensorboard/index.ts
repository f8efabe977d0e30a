export { tensorBoard } from './tensor-board.ts';
