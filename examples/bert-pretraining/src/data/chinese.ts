// Chinese stories, written for this example.
import type { Person, StoryLanguage } from './story.ts';

const woman = (name: string): Person => ({ name, words: { she: '她' } });
const man = (name: string): Person => ({ name, words: { she: '他' } });

export const CHINESE: StoryLanguage = {
  people: [
    ...'小兰 小梅 美玉 秀英 春花 丽华 静文 雪琴'.split(' ').map(woman),
    ...'小明 大山 志强 建国 文龙 阿宝 海生 立新'.split(' ').map(man),
  ],
  trades: [
    {
      job: '渔夫',
      place: '河边',
      tools: ['渔网', '小船', '鱼钩', '绳子'],
      deeds: ['撒网捕鱼', '划着小船', '等鱼上钩'],
      goods: ['鲤鱼', '鲫鱼', '河虾', '螃蟹'],
    },
    {
      job: '面包师',
      place: '面包店',
      tools: ['烤箱', '面粉', '鸡蛋', '白糖'],
      deeds: ['揉着面团', '打开烤箱', '称着面粉'],
      goods: ['面包', '蛋糕', '饼干', '馒头'],
    },
    {
      job: '老师',
      place: '学校',
      tools: ['粉笔', '课本', '地图', '铃铛'],
      deeds: ['教学生写字', '朗读课文', '在黑板上画图'],
      goods: ['古诗', '算术', '作文', '故事'],
    },
    {
      job: '园丁',
      place: '花园',
      tools: ['铁锹', '水桶', '种子', '剪刀'],
      deeds: ['给花浇水', '修剪树枝', '挖着泥土'],
      goods: ['玫瑰', '菊花', '牡丹', '茉莉'],
    },
    {
      job: '医生',
      place: '医院',
      tools: ['药箱', '针头', '纱布', '体温计'],
      deeds: ['给病人打针', '检查伤口', '写着药方'],
      goods: ['药片', '药水', '药膏', '补药'],
    },
    {
      job: '裁缝',
      place: '裁缝店',
      tools: ['针线', '布料', '尺子', '熨斗'],
      deeds: ['裁着布料', '缝上扣子', '量着袖子'],
      goods: ['衬衫', '裙子', '大衣', '围巾'],
    },
    {
      job: '农民',
      place: '田里',
      tools: ['锄头', '水牛', '肥料', '镰刀'],
      deeds: ['赶着水牛', '收割庄稼', '给田施肥'],
      goods: ['水稻', '小麦', '玉米', '大豆'],
    },
    {
      job: '歌手',
      place: '剧院',
      tools: ['钢琴', '话筒', '乐谱', '舞衣'],
      deeds: ['练习高音', '向观众鞠躬', '弹着钢琴'],
      goods: ['民歌', '新歌', '情歌', '戏曲'],
    },
  ],
  words: {
    time: ['早上', '中午', '天刚亮', '午饭以后', '星期一', '每天'],
    weather: ['下雨', '出太阳', '天冷', '刮风', '下雪'],
    quality: ['好', '不错', '特别', '一般', '奇怪'],
    mood: ['高兴', '疲倦', '满意', '平静'],
  },
  beginnings: ['{name}是一位{job}。', '村里的{job}名叫{name}。', '{name}当了很多年的{job}。'],
  middles: [
    '{time}{she}走到{place}去。',
    '{name}带着{tools}和{tools}。',
    '{weather}的时候，{she}在{place}待得更久。',
    '{time}这位{job}{deeds}。',
    '在{place}，{she}{deeds}。',
    '朋友{friend}说{she}的{goods}很{quality}。',
    '{friend}从{name}那里得到了{goods}，心里很{mood}。',
    '没有{tools}，就没有{goods}。',
    '{friend}来到{place}，向{she}要{goods}。',
    '没有人比{name}更懂{goods}。',
  ],
  endings: [
    '傍晚{she}离开{place}，觉得很{mood}。',
    '夜里{name}梦见了{goods}。',
    '然后{name}收好{tools}，回家去了。',
  ],
  gaps: [
    ['小兰是一位渔夫。早上[MASK]走到河边去。', '她'],
    ['大山是一位医[MASK]。在医院，他给病人打针。', '生'],
    ['美玉当了很多年的裁缝。没有针[MASK]，就没有衬衫。', '线'],
    ['村里的老师名叫建国。每天他走到学[MASK]去。', '校'],
    ['春花是一位农民。傍晚她离开田里，觉得很高[MASK]。', '兴'],
  ],
  capital: (text) => text,
};
