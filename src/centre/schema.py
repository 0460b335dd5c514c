# SPDX-License-Identifier: BSD-2-Clause
"""schema.py SCHEMA INVENTORY: the schema of the centre as lines in C. Its tables that an inventory has, too, are made from the schema of that: a
column is declared there. In SCHEMA they stand as `--@ inventory TABLE...`, and what is said of each of them as `--@ each ... % ...`."""
import re
import sys

TYPES = {'INTEGER': 'bigint', 'TEXT': 'text COLLATE "C"'}
RESERVED = {'overlaps'}  # words of SQL, not of SQLite: whoever writes statements quotes all names
OWN = '    sensor text COLLATE "C" NOT NULL,\n    epoch bigint NOT NULL,\n    revision bigint NOT NULL,\n'


def columns(table, inventory):
    """(the lines of its columns, its key)"""
    body = re.search(rf'^CREATE TABLE {table} \(\n(.*?)^\)', inventory, re.MULTILINE | re.DOTALL).group(1)
    rows, key = [], None
    for line in body.splitlines():
        column = re.match(r' +(?P<name>\w+) (?P<type>INTEGER|TEXT)(?P<key> PRIMARY KEY)?(?P<rest>[^,]*?),? *(?P<comment>--.*)?$', line)
        if line.lstrip().startswith('--'):
            rows.append(line)
        elif line.lstrip().startswith('PRIMARY KEY'):
            key = re.search(r'\((.*)\)', line).group(1)
        elif column['name'] != 'revision':
            if column['key']:
                key = column['name']
            name = f'"{column["name"]}"' if column['name'] in RESERVED else column['name']
            said = f'    {name} {TYPES[column["type"]]}{" NOT NULL" if column["key"] else column["rest"]},'
            rows.append(f'{said:<37} {column["comment"]}' if column['comment'] else said)
    return rows, key


def create(table, inventory):
    rows, key = columns(table, inventory)
    return f'CREATE TABLE {table} (\n{OWN}' + '\n'.join(rows) + f'\n    PRIMARY KEY (sensor, {key})\n);\n'


def script(schema, inventory):
    tables = re.search(r'^--@ inventory (.*)$', schema, re.MULTILINE).group(1).split()
    made = '\n'.join(create(table, inventory) for table in tables)
    schema = re.sub(r'^--@ inventory .*\n', lambda _: made, schema, flags=re.MULTILINE)
    return re.sub(r'^--@ each (.*\n)', lambda line: ''.join(line[1].replace('%', table) for table in tables), schema, flags=re.MULTILINE)


def main():
    texts = []
    for path in sys.argv[1:]:
        with open(path, encoding='utf-8') as file:
            texts.append(file.read())
    made = script(*texts)
    number = re.search(r'INSERT INTO centre \(id, schema\) VALUES \(1, (\d+)\)', made).group(1)
    print('#include <lasthello/centre.h>\n')
    print(f'const int centre_schema_number = {number};\nconst char *const centre_schema[] = {{')
    for line in made.splitlines():
        quoted = line.replace('\\', '\\\\').replace('"', '\\"').replace('?', '\\?')  # begins no trigraph
        print(f'    "{quoted}\\n",')
    print('    0,\n};')


main()
