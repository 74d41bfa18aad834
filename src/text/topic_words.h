/* topic_words.h - the words that make a case grave.
 *
 * Written by hand for Aftersail, in small letters without accents, words apart by one space.
 * A space at an end stands for the end of a word: " sue " is not in "issue", " injur" begins
 * one.  Scripts without spaces have none, so their entries must not turn up inside other words. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Law and authorities: a person with authority must read it, however short it is. */
/* clang-format off */
static const char *const topic_law[] = {
	" lawyer", " attorney", " solicitor", " legal action", " legal steps", " legal advice", " lawsuit",
	" sue ", " suing ", " in court ", " to court ", " court case", " court order", " tribunal", " police ", " chargeback", " ombudsman", " small claims", " trading standards",
	" consumer protection", " prosecut",
	" anwalt", " anwaltin", " rechtsanwalt", " gericht", " amtsgericht", " verklage", " klage ein", " rechtliche schritte", " anzeige erstatt",
	" strafanzeige", " polizei", " verbraucherzentrale", " verbraucherschutz", " schadensersatz", " schadenersatz",
	" avocat", " justice ", " porter plainte", " porte plainte", " police ", " gendarmerie", " huissier", " repression des fraudes", " dommages et interets",
	" abogad", " tribunales ", " juzgado", " denuncia", " denunciar", " demanda judicial", " demandarles", " demandarlos", " policia", " oficina del consumidor",
	" advogad", " procon ", " vou processar", " processar voces", " processar a loja", " processar a empresa", " processo judicial", " boletim de ocorrencia", " justica ",
	" avvocat", " denunci", " querela", " polizia", " carabinieri", " vie legali", " giudice",
	" advocaat", " rechtbank", " rechter ", " juridische stappen", " politie", " aangifte", " consumentenbond",
	" prawnik", " adwokat", " sadu ", " policj", " pozew", " pozwe ", " rzecznik konsument", " rzecznika konsument", " uokik ",
	" адвокат", " юрист", " суд ", " суда ", " суде ", " суду ", " судом ", " иск ", " иском ", " полици", " прокуратур", " роспотребнадзор",
	" avukat", " mahkeme", " savc", " polis ", " polise ", " dava ac", " tuketici hakem", " sikayetvar ",
	"律师", "法院", "起诉", "法律途径", "法律手段", "告你们", "消费者协会", "消协", "打12315", "拨12315", "12315投诉", "工商局", "报警", "派出所", "打官司",
	"弁護士", "裁判", "訴え", "訴訟", "法的", "消費者センター", "消費生活センター", "警察", "被害届",
};

/* Harm to a person. */
static const char *const topic_harm[] = {
	" injured ", " injury ", " injuries ", " wounded ", " burnt my ", " burned my ", " burnt her ", " burned her ", " burnt his ", " burned his ",
	" got burned ", " burns on ", " electric shock", " electrocut", " poisoned ", " poisoning ", " choked on ", " swallowed ",
	" verletzt", " verletzung", " verbrannt ", " verbruh", " stromschlag", " vergiftung", " vergiftet", " verschluckt", " blutet ", " geblutet",
	" blesse ", " blessee ", " blesses ", " blessure", " brulure", " brule la main", " brule les", " s est brule", " electrocut", " intoxication", " empoisonn", " avale ",
	" herido", " herida", " lesion", " quemadura", " se quemo ", " me queme ", " electrocut", " intoxicac", " envenena", " se trago ",
	" ferido", " ferida", " ferimento", " queimadura", " se queimou ", " me queimei ", " choque eletrico", " engoliu ",
	" ferito ", " ferita ", " ustion", " scottat", " scossa elettrica", " avvelenat", " ingoiat", " ingerito",
	" gewond", " verwond", " brandwond", " verbrand ", " elektrische schok", " vergiftig", " ingeslikt",
	" ranny ", " zrani", " oparzen", " poparz", " porazil", " zatruci", " polkn", " połkn",
	" травм", " ранен", " ожог", " обжегся", " обжегл", " ударило током", " удар током", " отравл", " проглотил", " кровь ", " крови ", " кровотеч",
	" yaralan", " eli yand", " yanık ", " elektrik carp", " zehirlen", " yuttu ",
	"受伤", "烫伤", "烧伤", "割伤", "划伤了手", "触电", "中毒", "流血", "误吞", "吞下", "摔骨折",
	"怪我", "けがをし", "けがを負", "ケガ", "やけどし", "やけどを", "火傷", "感電", "中毒", "飲み込", "骨折し",
};

/* Where one goes when harmed, and fire: a look at the case, at least. */
static const char *const topic_care[] = {
	" hospital ", " hospitali", " emergency room", " doctor ", " ambulance", " clinic ", " caught fire", " on fire", " exploded",
	" krankenhaus", " arzt ", " arztin ", " notaufnahme", " klinik", " feuerwehr", " explodiert", " feuer gefangen", " in brand ",
	" hopital", " medecin", " urgences ", " pompiers ", " pris feu ", " explose ",
	" hospital ", " medico ", " urgencias ", " bomberos ", " se incendio ", " exploto ", " explotado",
	" pronto socorro", " bombeiros ", " pegou fogo", " explodiu ",
	" ospedale", " pronto soccorso", " medico ", " preso fuoco", " esplos",
	" ziekenhuis", " huisarts", " dokter ", " vlam gevat", " ontploft", " brandweer",
	" szpital", " lekarz", " pogotowie", " zapalil sie", " wybuch", " straz pozarn",
	" больниц", " врач", " скорая ", " скорую ", " загорел", " взорвал", " пожар",
	" hastane", " doktor", " ambulans", " alev al", " patlad", " yangın",
	"医院", "住院", "急诊", "看医生", "救护车", "着火了", "起火", "爆炸",
	"病院", "救急", "入院", "医者", "発火", "火事", "爆発",
};

/* What begins like one of them and is none. */
static const char *const topic_harmless[] = {" on fire sale", " on fire tv", " on fire stick", " on fire tablet"};
/* clang-format on */
