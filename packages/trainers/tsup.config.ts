import { library } from '../../tsup.config.base.ts';

export default library({ entry: ['src/index.ts', 'src/progress-bar.ts'], platform: 'node' });
