/* similar_words.h - words that a message can do without: greetings, thanks, small words.
 *
 * Two messages that differ only in these ask the same.  Folded, bare of accents, one blank
 * between; those of dense scripts longest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* clang-format off */
static const char small_words[] =
	/* English */
	" a again already also am an and any are as at be been but by bye can could day dear "
	"did do does even evening ever for from get good got had has have he hello her here "
	"hey hi his how i if im in is it its ive just kindly lot madam may me more morning "
	"much my now of ok on or our please really regards shall she should sir so some "
	"still than thank thanks that the their them then there these they this those to too "
	"us very was we well were what when where which who why will with would yet you your "
	/* German */
	"abend aber als am an auch auf aus bei bitte danke das dass dem den denn der des die "
	"doch du ein eine einem einen einer er es fur gerne guten habe haben hallo hat hatte "
	"ich ihnen ihr ihre ihren im immer in ist jetzt kann konnen konnten leider liebe mal "
	"mein meine meinem meinen meiner mich mir mit mochte morgen noch nun nur oder schon "
	"sehr sie sind tag und uns vom von wann war warum was wenn werden wie will wir wird "
	"wo wurde zu zum zur "
	/* French */
	"a ai as au aussi aux avec avez avons bien bonjour bonsoir c ce ces cette chez "
	"comment d dans de deja des du elle en encore est et etait ete etre il ils j je l la "
	"le les ma mais merci mes mon notre nous ont ou par peut peux plait plus pour "
	"pourquoi pourriez pouvez puis qu quand que s salut si sont suis sur svp t toujours "
	"tres tu un une veux vos votre voudrais vous y "
	/* Spanish */
	"ahora al aqui aun buenas buenos como con cuando del dias donde el en era es esta "
	"estan favor gracias gustaria ha han hay he hola las les lo los mas me mi mis muy "
	"noches nos o para pero por puede puedo que quiero quisiera se si son su sus tambien "
	"tardes te todavia tu un una unos usted y ya yo "
	/* Italian */
	"abbiamo adesso anche ancora buonasera buongiorno che ci ciao come con da dei del "
	"della di dove e ed era favore gia gli grazie ha hai ho il io lei lo mi mia mie miei "
	"mio molto nel noi ora per perche piu posso puo quando salve scusate scusi si sono "
	"su sua suo uno vi voglio vorrei vostro "
	/* Portuguese */
	"agora ainda ao as boa bom com como da das dia do dos e em esta estao eu favor foi "
	"gostaria ja mas me meu meus minha minhas muito na nas no noite nos o obrigada "
	"obrigado oi ola onde os ou para pode por posso quando que queria quero sao se "
	"sempre seu sua tambem tarde tem tenho um uma voce "
	/* Dutch */
	"aan al als alsjeblieft alstublieft bedankt bij dag dan dank dat de deze die dit een "
	"eindelijk en goedemiddag goedemorgen graag hallo heb hebben heeft heel het hij hoe "
	"ik in is je jij jouw kan kunnen maar me met mij mijn naar nog nu of ook op te u uw "
	"van voor waar waarom wanneer was wat wij wil zeer zij zijn "
	/* Polish */
	"ale bardzo byl byla chce chcialabym chcialbym co czesc czy dla dlaczego do dobry "
	"dziekuje dzien gdzie i ja jak jest jeszcze juz kiedy lub mi mnie moge moim moj moja "
	"moje mozna my na niestety od on ona oraz po pozdrawiam prosze sa sie ta ten teraz "
	"tez to ty w we witam wy z ze "
	/* Turkish */
	"acaba ama artik bana ben beni benim bir biz bu cok da daha de ederim gunler hala "
	"icin ile istiyorum iyi lutfen merhaba mi misiniz mu musunuz nasil ne nerede o selam "
	"sen simdi siz su tesekkur tesekkurler var ve veya zaman "
	/* Russian */
	"а бы был была быть в вам ваш вечер во все вы где день для до добрый есть еще же "
	"здравствуйте и из или к как когда ли меня мне могу мое моего можно мои мою моя мы "
	"на нас но он она от очень по пожалуиста почему привет с свои свою со совсем спасибо "
	"теперь тоже ты у уже утро хотел хотела хочу что эта это этот я "
	/* Korean */
	"감사합니다 안녕하세요 저 저는 제 제가 좀 혹시 ";

static const char *const small_dense[] = {
	"いただけますか", "お願いします", "ありがとう", "こんにちは", "こんばんは", "すみません", "ください", "のですが", "什么时候",
	"したい", "ですか", "ました", "ません", "为什么", "いつ", "です", "どこ", "なり", "ます", "まだ", "もう", "一下",
	"什么", "你们", "你好", "信息", "哪里", "好的", "已经", "怎么", "您好", "我的", "根本", "请问", "谢谢", "这个",
	"那个", "麻烦", "い", "か", "が", "し", "た", "て", "で", "と", "に", "の", "は", "も", "を", "了", "你",
	"吗", "吧", "呀", "呢", "啊", "在", "子", "您", "我", "是", "没", "的", "给", "能", "请", "还", "都",
};

/* A dense run with one of these says no. */
static const char *const dense_negations[] = {"不", "没", "未", "ません", "ない"};
/* clang-format on */
